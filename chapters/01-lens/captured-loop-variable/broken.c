/*
 * A payment service. It reads a batch of payments, and starts a thread for each
 * that asks the bank and charges the customer. What the thread gets is the
 * address of the loop's variable, which holds the next payment a moment later.
 *
 * Promise   every payment of the batch is charged once, to its own customer.
 * Ends      broken: owed 49 120 30, charged 0 0 90
 * tsan      fires  data-race in charge
 * helgrind  fires  Race in charge
 * drd       fires  ConflictingAccess in charge
 * memcheck  blind  the variable is alive and has a value; that it is another payment's, no memory tool can know
 * budget    blind  when threads at exit <= 1, joined == started
 *                  because every thread is joined; the harm is in the data
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { CUSTOMERS = 3, PAYMENTS = CUSTOMERS };
enum { BATCH_READ };

struct payment {
	int customer;
	int amount;
};

/* What comes in over the network. */
static const struct payment batch[PAYMENTS] = {{0, 49}, {1, 120}, {2, 30}};

static struct {
	pthread_mutex_t lock;
	int charged[CUSTOMERS]; /* guarded by lock */
} ledger = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Reads the next payment. False: there are no more. */
static bool next_payment(struct payment *payment)
{
	static int count; /* only touched by the thread that reads the batch */

	if (count == PAYMENTS)
		return false;
	*payment = batch[count++];
	return true;
}

static void *charge(void *arg)
{
	struct payment *payment = arg;

	/* The bank takes its time, and the loop does not wait for its answer. */
	schedule_await(BATCH_READ);
	int customer = payment->customer, amount = payment->amount;

	CHECK(pthread_mutex_lock(&ledger.lock));
	ledger.charged[customer] += amount;
	CHECK(pthread_mutex_unlock(&ledger.lock));
	return NULL;
}

static void charge_batch(void)
{
	pthread_t threads[PAYMENTS];
	struct payment payment;
	int count = 0;

	while (next_payment(&payment))
		NEED(pthread_create(&threads[count++], NULL, charge, &payment));
	schedule_reached(BATCH_READ);
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
}

int main(void)
{
	const int *charged = ledger.charged; /* all threads are joined when it is read: no lock */
	bool right = true;

	charge_batch();
	for (int i = 0; i < PAYMENTS; i++)
		right = right && charged[batch[i].customer] == batch[i].amount;
	return invariant(right, "owed %d %d %d, charged %d %d %d", batch[0].amount, batch[1].amount, batch[2].amount,
			 charged[0], charged[1], charged[2]);
}

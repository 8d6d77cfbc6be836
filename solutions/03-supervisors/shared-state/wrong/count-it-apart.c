/*
 * Tempting  the money is moved under the lock, and counted under it right after, where the result is known.
 * Refused   the test: between the two a report has the money moved and the transfer not done. What belongs together
 *           is one piece under one lock.
 * test      fails always_adds_up
 */
#include "ledger.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { ORDERS = 64 };

struct order {
	int from, to;
	long amount;
};

struct ledger {
	pthread_mutex_t lock;
	struct report books; /* guarded by lock */
	ledger_approve *approve;
	void *context;
	struct queue orders;
	pthread_t thread;
};

static int transfer(struct ledger *ledger, const struct order *order)
{
	int error = ledger->approve(ledger->context, order->from, order->to, order->amount);

	if (error)
		return error;
	CHECK(pthread_mutex_lock(&ledger->lock));
	ledger->books.balance[order->from] -= order->amount;
	ledger->books.balance[order->to] += order->amount;
	CHECK(pthread_mutex_unlock(&ledger->lock));
	CHECK(pthread_mutex_lock(&ledger->lock));
	ledger->books.done++;
	CHECK(pthread_mutex_unlock(&ledger->lock));
	return 0;
}

/* Returns 0 when there are no more orders, an error number when it has failed. */
static int work(struct ledger *ledger)
{
	void *item;
	int error = 0;

	while (!error && queue_take(&ledger->orders, &item)) {
		struct order order = *(struct order *)item;
		free(item);
		error = transfer(ledger, &order);
	}
	return error;
}

static void *supervise(void *arg)
{
	struct ledger *ledger = arg;

	while (work(ledger) != 0) {
		CHECK(pthread_mutex_lock(&ledger->lock));
		ledger->books.failed++;
		CHECK(pthread_mutex_unlock(&ledger->lock));
	}
	return NULL;
}

struct ledger *ledger_open(const long balance[LEDGER_STALLS], ledger_approve *approve, void *context)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);

	HAVE(ledger);
	memcpy(ledger->books.balance, balance, sizeof ledger->books.balance);
	ledger->approve = approve;
	ledger->context = context;
	CHECK(pthread_mutex_init(&ledger->lock, NULL));
	queue_init(&ledger->orders, ORDERS);
	NEED(pthread_create(&ledger->thread, NULL, supervise, ledger));
	return ledger;
}

void ledger_transfer(struct ledger *ledger, int from, int to, long amount)
{
	struct order *order = malloc(sizeof *order);

	HAVE(order);
	*order = (struct order){from, to, amount};
	REQUIRE(queue_put(&ledger->orders, order));
}

struct report ledger_report(struct ledger *ledger)
{
	CHECK(pthread_mutex_lock(&ledger->lock));
	struct report report = ledger->books;
	CHECK(pthread_mutex_unlock(&ledger->lock));
	return report;
}

void ledger_close(struct ledger *ledger)
{
	queue_close(&ledger->orders);
	CHECK(pthread_join(ledger->thread, NULL));
	queue_destroy(&ledger->orders);
	CHECK(pthread_mutex_destroy(&ledger->lock));
	free(ledger);
}

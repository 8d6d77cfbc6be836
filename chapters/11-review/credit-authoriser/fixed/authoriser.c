#include "../shared/authoriser.h"

#include <pthread.h>

#include "../shared/ledger.h"
#include "../shared/world.h"
#include "audit.h"
#include "kit/check.h"
#include "kit/queue.h"
#include "rates.h"

enum { WORKERS = 3, ROOM = 64 };
enum { LARGE = 100000 /* above this the bureau is asked: 1000 crowns */, PATIENCE = 2000 /* ms */ };
enum { NO_AMOUNT = NO_RATE };

static struct {
	struct rates *rates; /* these two belong to it, from authoriser_start() to authoriser_stop() */
	struct audit *audit;
	struct queue purchases;
	pthread_t workers[WORKERS];
	pthread_mutex_t lock; /* of the answers in all purchases */
	pthread_cond_t answered;
} authoriser = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};

/* NO_AMOUNT: there is no such currency, or no rate. */
static long in_crowns(const struct purchase *purchase)
{
	switch (purchase->currency) {
	case CROWNS:
		return purchase->amount;
	case EUROS:
		return rates_to_crowns(authoriser.rates, purchase->amount);
	}
	return NO_AMOUNT;
}

static enum answer decide(int customer, long crowns)
{
	if (crowns > LARGE && !bureau_vouches(customer, PATIENCE))
		return DECLINED;
	return ledger_charge(customer, crowns) ? AUTHORISED : DECLINED;
}

/* The purchase is the caller's again. */
static void answer(struct purchase *purchase, enum answer answer)
{
	audit_write(authoriser.audit, purchase, answer);
	CHECK(pthread_mutex_lock(&authoriser.lock));
	purchase->answer = answer;
	purchase->answered = true;
	CHECK(pthread_cond_broadcast(&authoriser.answered));
	CHECK(pthread_mutex_unlock(&authoriser.lock));
}

static void *work(void *arg)
{
	void *item;

	while (queue_take(&authoriser.purchases, &item)) {
		struct purchase *purchase = item;
		long crowns = in_crowns(purchase);

		/* This purchase is declined. The thread stays: the next customer needs it. */
		if (crowns == NO_AMOUNT)
			answer(purchase, DECLINED);
		else
			answer(purchase, decide(purchase->customer, crowns));
	}
	return arg;
}

void authoriser_start(void)
{
	authoriser.rates = rates_start();
	authoriser.audit = audit_start();
	queue_init(&authoriser.purchases, ROOM);
	for (int i = 0; i < WORKERS; i++)
		NEED(pthread_create(&authoriser.workers[i], NULL, work, NULL));
}

enum answer authorise(struct purchase *purchase)
{
	purchase->answered = false;
	REQUIRE(queue_put(&authoriser.purchases, purchase));
	CHECK(pthread_mutex_lock(&authoriser.lock));
	while (!purchase->answered)
		CHECK(pthread_cond_wait(&authoriser.answered, &authoriser.lock));
	CHECK(pthread_mutex_unlock(&authoriser.lock));
	return purchase->answer;
}

/* From the intake to the log: each producer stops before its consumer. Each wait of a worker has an end. */
void authoriser_stop(void)
{
	queue_close(&authoriser.purchases);
	for (int i = 0; i < WORKERS; i++)
		CHECK(pthread_join(authoriser.workers[i], NULL));
	queue_destroy(&authoriser.purchases);
	rates_stop(authoriser.rates);
	audit_stop(authoriser.audit);
}

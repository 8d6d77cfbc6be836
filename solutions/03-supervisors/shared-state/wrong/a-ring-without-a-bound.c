/*
 * Tempting  sixty-four orders are more than a market has waiting, and a ring needs no memory and no wait.
 * Refused   the test: nobody checks whether it is full. The bank is slow one day, and orders are written over by others.
 * test      fails closes_when_all_are_made
 */
#include "ledger.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"

enum { ORDERS = 64 };

struct order {
	int from, to;
	long amount;
};

struct ledger {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct report books; /* guarded by lock */
	ledger_approve *approve;
	void *context;
	struct order orders[ORDERS];
	unsigned in, out;
	bool closed;
	pthread_t thread;
};

static void *work(void *arg)
{
	struct ledger *ledger = arg;

	CHECK(pthread_mutex_lock(&ledger->lock));
	for (;;) {
		while (ledger->in == ledger->out && !ledger->closed)
			CHECK(pthread_cond_wait(&ledger->changed, &ledger->lock));
		if (ledger->in == ledger->out)
			break;
		struct order order = ledger->orders[ledger->out++ % ORDERS];
		CHECK(pthread_cond_broadcast(&ledger->changed));
		CHECK(pthread_mutex_unlock(&ledger->lock));
		int error = ledger->approve(ledger->context, order.from, order.to, order.amount);
		CHECK(pthread_mutex_lock(&ledger->lock));
		if (error) {
			ledger->books.failed++;
		} else {
			ledger->books.balance[order.from] -= order.amount;
			ledger->books.balance[order.to] += order.amount;
			ledger->books.done++;
		}
	}
	CHECK(pthread_mutex_unlock(&ledger->lock));
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
	CHECK(pthread_cond_init(&ledger->changed, NULL));
	NEED(pthread_create(&ledger->thread, NULL, work, ledger));
	return ledger;
}

void ledger_transfer(struct ledger *ledger, int from, int to, long amount)
{
	CHECK(pthread_mutex_lock(&ledger->lock));
	ledger->orders[ledger->in++ % ORDERS] = (struct order){from, to, amount};
	CHECK(pthread_cond_broadcast(&ledger->changed));
	CHECK(pthread_mutex_unlock(&ledger->lock));
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
	CHECK(pthread_mutex_lock(&ledger->lock));
	ledger->closed = true;
	CHECK(pthread_cond_broadcast(&ledger->changed));
	CHECK(pthread_mutex_unlock(&ledger->lock));
	CHECK(pthread_join(ledger->thread, NULL));
	CHECK(pthread_cond_destroy(&ledger->changed));
	CHECK(pthread_mutex_destroy(&ledger->lock));
	free(ledger);
}

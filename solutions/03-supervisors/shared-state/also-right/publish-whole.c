/*
 * The worker has books of its own and works on a draft of them. What the others
 * see is a copy, and it is replaced by the next one, whole, under a lock. The
 * lock guards the exchange, not the work: nobody waits for the bank under it.
 *
 * Promise   a report is the state between two transfers, and of a failed one nothing is left.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1, joined == started
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
	struct report books; /* the worker's */
	pthread_mutex_t lock;
	struct report published; /* guarded by lock */
	ledger_approve *approve;
	void *context;
	struct queue orders;
	pthread_t thread;
};

static void publish(struct ledger *ledger)
{
	CHECK(pthread_mutex_lock(&ledger->lock));
	ledger->published = ledger->books;
	CHECK(pthread_mutex_unlock(&ledger->lock));
}

static int transfer(struct ledger *ledger, const struct order *order)
{
	struct report draft = ledger->books;

	draft.balance[order->from] -= order->amount;
	int error = ledger->approve(ledger->context, order->from, order->to, order->amount);
	if (error)
		return error;
	draft.balance[order->to] += order->amount;
	draft.done++;
	ledger->books = draft;
	publish(ledger);
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
		ledger->books.failed++;
		publish(ledger);
	}
	return NULL;
}

struct ledger *ledger_open(const long balance[LEDGER_STALLS], ledger_approve *approve, void *context)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);

	HAVE(ledger);
	memcpy(ledger->books.balance, balance, sizeof ledger->books.balance);
	ledger->published = ledger->books;
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
	struct report report = ledger->published;
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

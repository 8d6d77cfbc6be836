/*
 * Tempting  a ring between two semaphores: they order the worker after who has ordered, and nobody needs a lock.
 * Refused   by tsan: any thread may order, and two that do so at once write to one place.
 * test      passes
 * tsan      fires  data-race in ledger_transfer
 */
#include "ledger.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
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
	sem_t room, there;
	struct report books; /* guarded by lock */
	ledger_approve *approve;
	void *context;
	struct order orders[ORDERS];
	unsigned in, out;
	pthread_t thread;
};

static void *work(void *arg)
{
	struct ledger *ledger = arg;

	for (;;) {
		while (sem_wait(&ledger->there) != 0)
			REQUIRE(errno == EINTR);
		struct order order = ledger->orders[ledger->out++ % ORDERS];
		REQUIRE(sem_post(&ledger->room) == 0);
		if (order.from < 0)
			return NULL;
		int error = ledger->approve(ledger->context, order.from, order.to, order.amount);
		CHECK(pthread_mutex_lock(&ledger->lock));
		if (error) {
			ledger->books.failed++;
		} else {
			ledger->books.balance[order.from] -= order.amount;
			ledger->books.balance[order.to] += order.amount;
			ledger->books.done++;
		}
		CHECK(pthread_mutex_unlock(&ledger->lock));
	}
}

struct ledger *ledger_open(const long balance[LEDGER_STALLS], ledger_approve *approve, void *context)
{
	struct ledger *ledger = calloc(1, sizeof *ledger);

	HAVE(ledger);
	memcpy(ledger->books.balance, balance, sizeof ledger->books.balance);
	ledger->approve = approve;
	ledger->context = context;
	CHECK(pthread_mutex_init(&ledger->lock, NULL));
	REQUIRE(sem_init(&ledger->room, 0, ORDERS) == 0);
	REQUIRE(sem_init(&ledger->there, 0, 0) == 0);
	NEED(pthread_create(&ledger->thread, NULL, work, ledger));
	return ledger;
}

void ledger_transfer(struct ledger *ledger, int from, int to, long amount)
{
	while (sem_wait(&ledger->room) != 0)
		REQUIRE(errno == EINTR);
	ledger->orders[ledger->in++ % ORDERS] = (struct order){from, to, amount};
	REQUIRE(sem_post(&ledger->there) == 0);
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
	ledger_transfer(ledger, -1, -1, 0);
	CHECK(pthread_join(ledger->thread, NULL));
	REQUIRE(sem_destroy(&ledger->room) == 0);
	REQUIRE(sem_destroy(&ledger->there) == 0);
	CHECK(pthread_mutex_destroy(&ledger->lock));
	free(ledger);
}

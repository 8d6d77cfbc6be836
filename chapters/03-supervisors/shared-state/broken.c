/*
 * A theatre. The importer reads price lists, the cashier sells tickets. Each is
 * supervised: when one fails, it is run again. They share the list of the day,
 * and a mutex guards it. The second list is spoilt, and the importer fails in
 * the middle of the exchange.
 *
 * Promise   when a worker fails, the others work on as if it had not begun.
 * Ends      broken: tickets 2, for nothing 1
 * tsan      fires  heap-use-after-free in sell_tickets
 * helgrind  blind  the mutex is held at each access, and so all of them are in order
 * drd       blind  the mutex is held at each access, and so all of them are in order
 * memcheck  fires  InvalidRead in sell_tickets
 * budget    blind  when threads at exit <= 1, joined == started because both threads end and are joined
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { ROWS = 2, DAYS = 2, NO_LIST = -1 };
enum { IMPORTED, SOLD = IMPORTED + DAYS }; /* and the next ones: plus the number of the day */

struct list {
	char name[32];
	int price[ROWS];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct list *prices;	 /* guarded by lock */
static struct queue inbox;	 /* the importer's: lists, as text */
static struct queue till;	 /* the cashier's: customers */
static int lists;			    /* the importer's */
static int customers, tickets, for_nothing; /* the cashier's until it has ended, then main's */

/* NULL when the text is spoilt. */
static struct list *list_read(const char *text)
{
	struct list read, *list = NULL;

	if (sscanf(text, "%31s %d %d", read.name, &read.price[0], &read.price[1]) == 1 + ROWS) {
		list = malloc(sizeof *list);
		HAVE(list);
		*list = read;
	}
	return list;
}

/* Of a list that is out of date: nobody shall pay its prices. */
static void list_free(struct list *list)
{
	if (list)
		*list = (struct list){.name = "void"};
	free(list);
}

/* This and the next return 0 when all is done, and an error number when they have failed. */
static int import_lists(void)
{
	void *text;

	while (queue_take(&inbox, &text)) {
		CHECK(pthread_mutex_lock(&lock));
		list_free(prices);
		struct list *list = list_read(text);
		if (list)
			prices = list; /* if not, it fails and is run again; what it leaves behind stays */
		CHECK(pthread_mutex_unlock(&lock));
		schedule_reached(IMPORTED + lists++);
		if (!list)
			return EBADMSG;
	}
	return 0;
}

static int sell_tickets(void)
{
	void *row;

	while (queue_take(&till, &row)) {
		CHECK(pthread_mutex_lock(&lock));
		int price = prices ? prices->price[*(int *)row] : NO_LIST;
		CHECK(pthread_mutex_unlock(&lock));
		tickets += price != NO_LIST;
		for_nothing += price == 0;
		schedule_reached(SOLD + customers++);
	}
	return 0;
}

static void *supervise(void *queue)
{
	while ((queue == &inbox ? import_lists() : sell_tickets()) != 0)
		;
	return NULL;
}

int main(void)
{
	static char *const texts[DAYS] = {"summer 40 25", "autumn 42 free"};
	static int row[DAYS] = {0, 1};
	pthread_t importer, cashier;

	queue_init(&inbox, DAYS);
	queue_init(&till, DAYS);
	NEED(pthread_create(&importer, NULL, supervise, &inbox));
	NEED(pthread_create(&cashier, NULL, supervise, &till));
	for (int day = 0; day < DAYS; day++) {
		REQUIRE(queue_put(&inbox, texts[day]));
		schedule_await(IMPORTED + day);
		REQUIRE(queue_put(&till, &row[day]));
		schedule_await(SOLD + day);
	}
	queue_close(&inbox);
	CHECK(pthread_join(importer, NULL));
	queue_close(&till);
	CHECK(pthread_join(cashier, NULL));
	queue_destroy(&inbox);
	queue_destroy(&till);
	return invariant(for_nothing == 0, "tickets %d, for nothing %d", tickets, for_nothing);
}

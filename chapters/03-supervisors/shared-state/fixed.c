/*
 * A theatre. The importer reads price lists, the cashier sells tickets. Each is
 * supervised: when one fails, it is run again. The list of the day is the
 * cashier's alone, and the importer sends it a new one when that is whole. The
 * second list is spoilt, and the importer fails before there is one to send.
 *
 * Promise   when a worker fails, the others work on as if it had not begun.
 * Ends      holds: tickets 2, for nothing 0
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1, joined == started
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
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

static struct list *prices;	 /* the cashier's */
static struct queue whole;	 /* to the cashier: lists, each of them its own from now on */
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
		struct list *list = list_read(text);
		bool sent = list && queue_put(&whole, list); /* nobody closes it */
		schedule_reached(IMPORTED + lists++);
		if (!sent)
			return EBADMSG;
	}
	return 0;
}

static int sell_tickets(void)
{
	void *row, *list;

	while (queue_take(&till, &row)) {
		while (queue_poll(&whole, &list)) {
			list_free(prices);
			prices = list;
		}
		int price = prices ? prices->price[*(int *)row] : NO_LIST;
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
	void *list;

	queue_init(&inbox, DAYS);
	queue_init(&till, DAYS);
	queue_init(&whole, DAYS);
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
	while (queue_poll(&whole, &list))
		list_free(list);
	list_free(prices);
	queue_destroy(&inbox);
	queue_destroy(&till);
	queue_destroy(&whole);
	return invariant(for_nothing == 0, "tickets %d, for nothing %d", tickets, for_nothing);
}

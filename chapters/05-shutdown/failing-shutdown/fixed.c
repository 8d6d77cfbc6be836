/*
 * An order service. To stop it, one leaves the registry, so that no more orders
 * come, and lets the writer finish. Today the registry is down, too: the first
 * step fails, and service_stop() keeps the error in mind and goes on.
 *
 * Promise   when service_stop() returns, every accepted order is in the ledger, and the ledger is the caller's.
 * Ends      holds: accepted 5, written 5
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/check.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { ORDERS = 5 };
enum { LEDGER_CLOSED, ORDER_WRITTEN /* and the next ones: plus the number of the order */ };

struct ledger {
	char branch[32];
	int orders[ORDERS], count;
};

static struct {
	struct queue intake;
	struct ledger *ledger; /* the writer's until service_stop() has returned, then the caller's */
	pthread_t writer;
} service;

/* Counts what is in it, and frees it. */
static int ledger_close(struct ledger *ledger)
{
	int count = ledger->count;

	free(ledger);
	return count;
}

static void write_order(struct ledger *ledger, int order)
{
	ledger->orders[ledger->count++] = order;
}

static void *write_loop(void *arg)
{
	void *order;

	while (queue_take(&service.intake, &order)) {
		write_order(service.ledger, *(int *)order);
		schedule_reached(ORDER_WRITTEN + *(int *)order);
	}
	return arg;
}

static void service_start(void)
{
	queue_init(&service.intake, ORDERS);
	service.ledger = calloc(1, sizeof *service.ledger);
	HAVE(service.ledger);
	NEED(pthread_create(&service.writer, NULL, write_loop, NULL));
}

/* Tells the registry to send no more orders here. Returns an error number. */
static int registry_leave(void)
{
	return ECONNREFUSED;
}

/* Stops the service, in any case. Returns 0 or the error of a step that failed. */
static int service_stop(void)
{
	int error = registry_leave();

	queue_close(&service.intake);
	/* Without a limit: the writer waits for nothing but the intake, which is closed. */
	CHECK(pthread_join(service.writer, NULL));
	queue_destroy(&service.intake);
	return error;
}

int main(void)
{
	static int accepted[ORDERS] = {1, 2, 3, 4, 5};

	service_start();
	for (int i = 0; i < ORDERS; i++)
		REQUIRE(queue_put(&service.intake, &accepted[i]));
	schedule_await(ORDER_WRITTEN + 1);
	int error = service_stop();
	if (error)
		fprintf(stderr, "shutdown: %s\n", strerror(error));
	int written = ledger_close(service.ledger);

	schedule_reached(LEDGER_CLOSED);
	schedule_await(ORDER_WRITTEN + ORDERS);
	return invariant(written == ORDERS, "accepted %d, written %d", ORDERS, written);
}

/*
 * The deadline came with the order and is looked at before each try. After it nothing is done.
 *
 * Tempting  it covers every way in which a saw can be lost, also those that no wire tells, and needs no socket.
 * Refused   the test and the budget: a deadline is an upper bound, and a generous one. The saw had an hour and hung up
 *           after a second. Until the hour is over, the planner works for nobody.
 * test      fails stops_when_the_saw_hangs_up, goes_on_when_a_saw_leaves_late
 * budget    fires wasted in try_way when wasted <= 0, joined == started
 */
#include "planner.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/loopback.h"

struct planner {
	planner_try *try_way;
	int listener;
	pthread_t thread;
};

static bool is_past(const struct timespec *until)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

/* Tries one way after another for as long as there is time, and answers. */
static void make_plan(planner_try *try_way, int wire, const struct order *order)
{
	struct plan plan = {.result = PLAN_DONE, .best = 0};
	int most = 0;

	for (int way = 1; way <= order->ways; way++) {
		if (is_past(&order->until)) {
			plan.result = PLAN_TOO_LATE;
			break;
		}
		int worth = try_way(order->trunk, way);
		if (way == 1 || worth > most) {
			most = worth;
			plan.best = way;
		}
	}
	send(wire, &plan, sizeof plan, MSG_NOSIGNAL);
}

static void *plan_all(void *arg)
{
	struct planner *planner = arg;
	struct order order;

	for (int wire; (wire = accept(planner->listener, NULL, NULL)) >= 0; close(wire))
		if (recv(wire, &order, sizeof order, MSG_WAITALL) == (ssize_t)sizeof order)
			make_plan(planner->try_way, wire, &order);
	return NULL;
}

struct planner *planner_start(planner_try *try_way)
{
	struct planner *planner = malloc(sizeof *planner);

	HAVE(planner);
	planner->try_way = try_way;
	planner->listener = loopback_listen();
	NEED(pthread_create(&planner->thread, NULL, plan_all, planner));
	return planner;
}

int planner_port(const struct planner *planner)
{
	return loopback_port(planner->listener);
}

void planner_stop(struct planner *planner)
{
	/* Wakes the thread if it waits for a saw: accept() fails from now on. */
	REQUIRE(shutdown(planner->listener, SHUT_RDWR) == 0);
	CHECK(pthread_join(planner->thread, NULL));
	REQUIRE(close(planner->listener) == 0);
	free(planner);
}

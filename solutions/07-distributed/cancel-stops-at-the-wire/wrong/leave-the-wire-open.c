/*
 * Wire and clock are asked before each try. The connection is not closed: that
 * is for the saw, which hangs up when it has its plan.
 *
 * Tempting  it was the saw that made the connection, and a descriptor that is closed too early does more harm.
 * Refused   the tests: each side has an end of its own. The saw waits for the planner's, and the planner keeps one
 *           descriptor for each trunk that it has ever seen.
 * test      fails plans_for_a_saw_that_waits, stops_when_it_is_too_late, stops_when_the_saw_hangs_up,
 *           goes_on_when_a_saw_leaves_late
 */
#include "planner.h"

#include <errno.h>
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

/* Whether the saw has hung up: what it sends has an end, and here it is. */
static bool has_gone(int wire)
{
	char byte;
	/* Looks without waiting, and takes nothing away. Of a saw that is still there it is "nothing yet", an error. */
	ssize_t got = recv(wire, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
}

static bool is_past(const struct timespec *until)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

/* Tries one way after another for as long as the plan is wanted, and answers. */
static void make_plan(planner_try *try_way, int wire, const struct order *order)
{
	struct plan plan = {.result = PLAN_DONE, .best = 0};
	int most = 0;

	for (int way = 1; way <= order->ways; way++) {
		if (has_gone(wire))
			return;
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

	for (int wire; (wire = accept(planner->listener, NULL, NULL)) >= 0;)
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

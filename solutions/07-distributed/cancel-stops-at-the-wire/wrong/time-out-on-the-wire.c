/*
 * The connection gets a timeout: what the order says is how long the wire may take.
 *
 * Tempting  the planner now has a timeout, the deadline has been used, and no call can hang for ever.
 * Refused   the tests and the budget: SO_RCVTIMEO and SO_SNDTIMEO bound the waiting of recv() and send(). The planner
 *           does not wait. It works, and while it works it is in neither of them.
 * test      fails stops_when_the_saw_hangs_up, stops_when_it_is_too_late, goes_on_when_a_saw_leaves_late
 * budget    fires wasted in try_way when wasted <= 0, joined == started
 */
#include "planner.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/loopback.h"

struct planner {
	planner_try *try_way;
	int listener;
	pthread_t thread;
};

/* How long it is until then, or a moment, since 0 would mean "for ever". */
static struct timeval time_left(const struct timespec *until)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	long long left = (until->tv_sec - now.tv_sec) * 1000000LL + (until->tv_nsec - now.tv_nsec) / 1000;
	if (left <= 0)
		left = 1;
	return (struct timeval){.tv_sec = left / 1000000, .tv_usec = left % 1000000};
}

/* Tries all ways, and answers. */
static void make_plan(planner_try *try_way, int wire, const struct order *order)
{
	struct plan plan = {.result = PLAN_DONE, .best = 0};
	struct timeval left = time_left(&order->until);
	int most = 0;

	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_RCVTIMEO, &left, sizeof left) == 0);
	REQUIRE(setsockopt(wire, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof left) == 0);
	for (int way = 1; way <= order->ways; way++) {
		int worth = try_way(order->trunk, way);
		if (way == 1 || worth > most) {
			most = worth;
			plan.best = way;
		}
	}
	if (send(wire, &plan, sizeof plan, MSG_NOSIGNAL) < 0) {
		plan.result = PLAN_TOO_LATE;
		send(wire, &plan, sizeof plan, MSG_NOSIGNAL);
	}
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

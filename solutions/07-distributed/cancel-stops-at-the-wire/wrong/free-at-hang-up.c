/*
 * A thread watches the wire, and when the saw hangs up it ends the job: what is freed, nobody works on.
 *
 * Tempting  it is what a server with an event loop does: the connection has ended, so its state goes.
 * Refused   every judge: the planner is in the middle of that job. It reads on in memory that is free, and tries all
 *           ways for nobody. A hang-up has to reach the thread that does the work, and what that one uses is freed
 *           after it.
 * test      fails stops_when_the_saw_hangs_up, goes_on_when_a_saw_leaves_late
 * tsan      fires  data-race in watch
 * memcheck  fires  InvalidRead in make_plan
 * budget    fires wasted in try_way when wasted <= 0, joined == started
 */
#include "planner.h"

#include <errno.h>
#include <poll.h>
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

/* An order that is under way: the planner's to make a plan for, and the watcher's to end. */
struct job {
	int wire;
	char name[64]; /* for the log */
	struct order order;
};

/* Waits for the end of what the saw sends, and ends the job. */
static void *watch(void *arg)
{
	struct job *job = arg;
	struct pollfd saw = {.fd = job->wire, .events = POLLIN};

	while (poll(&saw, 1, -1) < 0)
		REQUIRE(errno == EINTR);
	free(job);
	return NULL;
}

static bool is_past(const struct timespec *until)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

/* Tries one way after another for as long as there is time. */
static struct plan make_plan(planner_try *try_way, const struct job *job)
{
	struct plan plan = {.result = PLAN_DONE, .best = 0};
	int most = 0;

	for (int way = 1; way <= job->order.ways; way++) {
		struct timespec until = job->order.until;
		if (is_past(&until)) {
			plan.result = PLAN_TOO_LATE;
			break;
		}
		int worth = try_way(job->order.trunk, way);
		if (way == 1 || worth > most) {
			most = worth;
			plan.best = way;
		}
	}
	return plan;
}

static void serve(planner_try *try_way, int wire, const struct order *order)
{
	struct pollfd saw = {.fd = wire, .events = POLLIN};

	if (poll(&saw, 1, 0) > 0)
		return; /* it has gone already */
	struct job *job = malloc(sizeof *job);
	pthread_t watcher;

	HAVE(job);
	*job = (struct job){.wire = wire, .order = *order};
	NEED(pthread_create(&watcher, NULL, watch, job));
	struct plan plan = make_plan(try_way, job);
	send(wire, &plan, sizeof plan, MSG_NOSIGNAL);
	shutdown(wire, SHUT_RD); /* the watcher's end, if there was no other */
	CHECK(pthread_join(watcher, NULL));
}

static void *plan_all(void *arg)
{
	struct planner *planner = arg;
	struct order order;

	for (int wire; (wire = accept(planner->listener, NULL, NULL)) >= 0; close(wire))
		if (recv(wire, &order, sizeof order, MSG_WAITALL) == (ssize_t)sizeof order)
			serve(planner->try_way, wire, &order);
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

/*
 * A second thread waits for the saw's end, so that it is known while a try is
 * under way, and not only after it; here that helps nobody, but a try that can
 * be interrupted would need it. The thread has an owner: it ends with the plan,
 * and before the wire is closed. The deadline needs no thread, only a clock.
 *
 * Promise   no try begins for a saw that has hung up, or for which it is too late.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when wasted <= 0, joined == started
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

enum { SILENCE = 5000 /* ms: who has not ordered by then is not a saw that waits */ };

struct planner {
	planner_try *try_way;
	int listener;
	int stop[2]; /* a pipe: the thread takes no more saws once its write end is closed */
	pthread_t thread;
};

/* Watches a wire while a plan is made for it. */
struct watch {
	int wire;
	pthread_t thread;
	pthread_mutex_t lock;
	bool gone; /* the saw has hung up; guarded by lock; never becomes false again */
};

static void *watch_wire(void *arg)
{
	struct watch *watch = arg;
	struct pollfd saw = {.fd = watch->wire, .events = POLLIN};

	/* Nothing but an end can come: the saw's, or that of watch_end(), when nobody asks any more. */
	while (poll(&saw, 1, -1) < 0)
		REQUIRE(errno == EINTR);
	CHECK(pthread_mutex_lock(&watch->lock));
	watch->gone = true;
	CHECK(pthread_mutex_unlock(&watch->lock));
	return NULL;
}

static void watch_begin(struct watch *watch, int wire)
{
	struct pollfd saw = {.fd = wire, .events = POLLIN};

	watch->wire = wire;
	/* The first look is one's own: the thread may begin to watch when the first try is long under way. */
	watch->gone = poll(&saw, 1, 0) > 0;
	CHECK(pthread_mutex_init(&watch->lock, NULL));
	NEED(pthread_create(&watch->thread, NULL, watch_wire, watch));
}

static bool watch_gone(struct watch *watch)
{
	CHECK(pthread_mutex_lock(&watch->lock));
	bool gone = watch->gone;
	CHECK(pthread_mutex_unlock(&watch->lock));
	return gone;
}

/* The wire stays open, and can be written to. */
static void watch_end(struct watch *watch)
{
	/* Wakes the thread. It fails when the saw has torn the connection down, and then the thread is awake. */
	shutdown(watch->wire, SHUT_RD);
	CHECK(pthread_join(watch->thread, NULL));
	CHECK(pthread_mutex_destroy(&watch->lock));
}

static bool is_past(const struct timespec *until)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

/* Tries one way after another for as long as the plan is wanted. False when the saw has gone. */
static bool make_plan(planner_try *try_way, struct watch *watch, const struct order *order, struct plan *plan)
{
	int most = 0;

	*plan = (struct plan){.result = PLAN_DONE};
	for (int way = 1; way <= order->ways; way++) {
		if (watch_gone(watch))
			return false;
		if (is_past(&order->until)) {
			plan->result = PLAN_TOO_LATE;
			return true;
		}
		int worth = try_way(order->trunk, way);
		if (way == 1 || worth > most) {
			most = worth;
			plan->best = way;
		}
	}
	return true;
}

static void answer(planner_try *try_way, int wire, const struct order *order)
{
	struct watch watch;
	struct plan plan;

	watch_begin(&watch, wire);
	bool wanted = make_plan(try_way, &watch, order, &plan);
	watch_end(&watch);
	if (wanted)
		(void)loopback_send(wire, &plan, sizeof plan); /* the saw may have gone */
}

static void *plan_all(void *arg)
{
	struct planner *planner = arg;
	struct order order;

	for (int wire; (wire = loopback_accept(planner->listener, planner->stop[0])) >= 0; close(wire))
		if (loopback_receive(wire, &order, sizeof order, SILENCE))
			answer(planner->try_way, wire, &order);
	return NULL;
}

struct planner *planner_start(planner_try *try_way)
{
	struct planner *planner = malloc(sizeof *planner);

	HAVE(planner);
	planner->try_way = try_way;
	planner->listener = loopback_listen();
	HAVE(pipe(planner->stop) == 0);
	NEED(pthread_create(&planner->thread, NULL, plan_all, planner));
	return planner;
}

int planner_port(const struct planner *planner)
{
	return loopback_port(planner->listener);
}

void planner_stop(struct planner *planner)
{
	close(planner->stop[1]);
	CHECK(pthread_join(planner->thread, NULL));
	close(planner->stop[0]);
	close(planner->listener);
	free(planner);
}

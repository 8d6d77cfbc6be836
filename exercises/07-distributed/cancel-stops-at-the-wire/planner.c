/*
 * Yours to fix. The planner tries all ways, and learns at the end, if at all,
 * that no saw is there to hear of it. `until` is received, and not looked at.
 *
 * Promise   no try begins for a saw that has hung up, or for which it is too late.
 * test      fails stops_when_the_saw_hangs_up, stops_when_it_is_too_late, goes_on_when_a_saw_leaves_late
 * budget    fires wasted in try_way when wasted <= 0, joined == started
 */
#include "planner.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/loopback.h"

enum { SILENCE = 5000 /* ms: a client that has not ordered by then is not a saw */ };

struct planner {
	planner_try *try_way;
	int listener;
	int stop[2]; /* a pipe: the thread takes no more saws once its write end is closed */
	pthread_t thread;
};

/* Needs at least one way. */
static struct plan make_plan(planner_try *try_way, const struct order *order)
{
	struct plan plan = {.result = PLAN_DONE, .best = 1};
	int most = try_way(order->trunk, 1);

	for (int way = 2; way <= order->ways; way++) {
		int worth = try_way(order->trunk, way);
		if (worth > most) {
			most = worth;
			plan.best = way;
		}
	}
	return plan;
}

static void *plan_all(void *arg)
{
	struct planner *planner = arg;
	struct order order;

	for (int wire; (wire = loopback_accept(planner->listener, planner->stop[0])) >= 0; close(wire))
		if (loopback_receive(wire, &order, sizeof order, SILENCE)) {
			struct plan plan = make_plan(planner->try_way, &order);
			(void)loopback_send(wire, &plan, sizeof plan); /* the saw may have gone */
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

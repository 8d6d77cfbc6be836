/*
 * Wire and clock are asked before each try. Of all saws that are in line the
 * one with the fewest ways to try comes first.
 *
 * Tempting  an order that is quickly done makes nobody wait for long. On average, saws wait as little as they can.
 * Refused   the test: orders are taken as the saws came. Behind a line of spruces, an oak never has its turn.
 * test      fails stops_when_the_saw_hangs_up
 */
#include "planner.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
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
	struct {
		int wire;
		struct order order;
	} line[128];
	int n = 0;

	for (;;) {
		for (;;) {
			struct pollfd p[2] = {{.fd = planner->stop[0], .events = POLLIN},
					      {.fd = planner->listener, .events = POLLIN}};
			while (poll(p, 2, n ? 0 : -1) < 0)
				;
			if (p[0].revents)
				goto end;
			if (!p[1].revents)
				break;
			int wire = accept(planner->listener, NULL, NULL);
			if (wire < 0)
				continue;
			if (n == 128 || !loopback_receive(wire, &line[n].order, sizeof line[n].order, SILENCE))
				close(wire);
			else
				line[n++].wire = wire;
		}
		int best = 0;
		for (int i = 1; i < n; i++) {
			const struct order *a = &line[i].order, *b = &line[best].order;
			if (a->ways < b->ways)
				best = i;
		}
		make_plan(planner->try_way, line[best].wire, &line[best].order);
		close(line[best].wire);
		n--;
		memmove(&line[best], &line[best + 1], (size_t)(n - best) * sizeof *line);
	}
end:
	while (n > 0)
		close(line[--n].wire);
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

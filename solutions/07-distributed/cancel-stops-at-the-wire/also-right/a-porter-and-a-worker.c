/*
 * One thread takes the saws in, the other makes the plans; between them there is
 * a line that has an end. A saw in line is a connection and no more: its order is
 * read when its turn has come, and who has hung up until then is seen before the
 * first try.
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
#include <semaphore.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/loopback.h"

enum { SILENCE = 5000, LINE = 64 };

struct planner {
	planner_try *try_way;
	int listener, stop;
	pthread_t porter, worker;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int wires[LINE];
	unsigned first, count;
	bool stopped;
};

static bool has_gone(int wire)
{
	struct pollfd saw = {.fd = wire, .events = POLLIN};
	return poll(&saw, 1, 0) != 0;
}

static bool is_past(const struct timespec *until)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	return now.tv_sec > until->tv_sec || (now.tv_sec == until->tv_sec && now.tv_nsec >= until->tv_nsec);
}

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
	(void)loopback_send(wire, &plan, sizeof plan);
}

static void *plan_all(void *arg)
{
	struct planner *p = arg;
	struct order order;

	CHECK(pthread_mutex_lock(&p->lock));
	for (;;) {
		while (!p->stopped && p->count == 0)
			CHECK(pthread_cond_wait(&p->changed, &p->lock));
		if (p->stopped)
			break;
		int wire = p->wires[p->first++ % LINE];
		p->count--;
		CHECK(pthread_cond_broadcast(&p->changed));
		CHECK(pthread_mutex_unlock(&p->lock));
		if (loopback_receive(wire, &order, sizeof order, SILENCE))
			make_plan(p->try_way, wire, &order);
		close(wire);
		CHECK(pthread_mutex_lock(&p->lock));
	}
	while (p->count-- > 0)
		close(p->wires[p->first++ % LINE]);
	CHECK(pthread_mutex_unlock(&p->lock));
	return NULL;
}

static void *take_all(void *arg)
{
	struct planner *p = arg;

	for (int wire; (wire = loopback_accept(p->listener, p->stop)) >= 0;) {
		CHECK(pthread_mutex_lock(&p->lock));
		while (!p->stopped && p->count == LINE)
			CHECK(pthread_cond_wait(&p->changed, &p->lock));
		if (p->stopped)
			close(wire);
		else
			p->wires[(p->first + p->count++) % LINE] = wire;
		CHECK(pthread_cond_broadcast(&p->changed));
		CHECK(pthread_mutex_unlock(&p->lock));
	}
	return NULL;
}

struct planner *planner_start(planner_try *try_way)
{
	struct planner *planner = calloc(1, sizeof *planner);

	HAVE(planner);
	planner->try_way = try_way;
	planner->listener = loopback_listen();
	planner->stop = eventfd(0, 0);
	HAVE(planner->stop >= 0);
	CHECK(pthread_mutex_init(&planner->lock, NULL));
	CHECK(pthread_cond_init(&planner->changed, NULL));
	NEED(pthread_create(&planner->porter, NULL, take_all, planner));
	NEED(pthread_create(&planner->worker, NULL, plan_all, planner));
	return planner;
}

int planner_port(const struct planner *planner)
{
	return loopback_port(planner->listener);
}

void planner_stop(struct planner *planner)
{
	CHECK(pthread_mutex_lock(&planner->lock));
	planner->stopped = true;
	CHECK(pthread_cond_broadcast(&planner->changed));
	CHECK(pthread_mutex_unlock(&planner->lock));
	CHECK(eventfd_write(planner->stop, 1));
	CHECK(pthread_join(planner->porter, NULL));
	CHECK(pthread_join(planner->worker, NULL));
	close(planner->stop);
	close(planner->listener);
	CHECK(pthread_cond_destroy(&planner->changed));
	CHECK(pthread_mutex_destroy(&planner->lock));
	free(planner);
}

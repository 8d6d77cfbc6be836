/*
 * Three threads serve all tries of a call, and are joined when it returns. Each
 * try closes its connections before the next.
 *
 * Tempting  a thread costs something, there are never more than three, all are joined, and no detector has a word to say.
 * Refused   the test: the threads of the first try are still there in the second. What one of them still has in its
 *           hands is found out by reading all of it, and not by the join that says it.
 * test      fails an_answer_ends_with_its_try
 */
#include "wind.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/loopback.h"

enum { HOUR = 3600000 };

struct call {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int answers, done, round;
	bool over;
	struct worker {
		struct call *call;
		int wire, knots, round;
		pthread_t thread;
	} workers[WIND_MASTS];
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct call *call = worker->call;

	CHECK(pthread_mutex_lock(&call->lock));
	for (;;) {
		while (!call->over && call->round == worker->round)
			CHECK(pthread_cond_wait(&call->changed, &call->lock));
		if (call->over)
			break;
		worker->round = call->round;
		CHECK(pthread_mutex_unlock(&call->lock));
		bool got = loopback_receive(worker->wire, &worker->knots, sizeof worker->knots, HOUR);
		CHECK(pthread_mutex_lock(&call->lock));
		call->answers += got;
		call->done++;
		CHECK(pthread_cond_broadcast(&call->changed));
	}
	CHECK(pthread_mutex_unlock(&call->lock));
	return NULL;
}

static bool ask_all(struct call *call, const int ports[WIND_MASTS], long patience, int knots[WIND_MASTS])
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&call->lock));
	for (int i = 0; i < WIND_MASTS; i++)
		call->workers[i].wire = loopback_connect(ports[i]);
	call->answers = call->done = 0;
	call->round++;
	CHECK(pthread_cond_broadcast(&call->changed));
	while (call->answers < WIND_MASTS && deadline_cond_wait(&call->changed, &call->lock, &end))
		;
	for (int i = 0; i < WIND_MASTS; i++)
		shutdown(call->workers[i].wire, SHUT_RDWR);
	while (call->done < WIND_MASTS)
		CHECK(pthread_cond_wait(&call->changed, &call->lock));
	bool all = call->answers == WIND_MASTS;
	for (int i = 0; i < WIND_MASTS; i++) {
		close(call->workers[i].wire);
		knots[i] = call->workers[i].knots;
	}
	CHECK(pthread_mutex_unlock(&call->lock));
	return all;
}

int wind_ask(const int ports[WIND_MASTS], const long patience[WIND_TRIES], int knots[WIND_MASTS])
{
	struct call call = {.lock = PTHREAD_MUTEX_INITIALIZER};
	int result = 0;

	deadline_cond_init(&call.changed);
	for (int i = 0; i < WIND_MASTS; i++) {
		call.workers[i].call = &call;
		NEED(pthread_create(&call.workers[i].thread, NULL, work, &call.workers[i]));
	}
	for (int i = 0; i < WIND_TRIES && !result; i++)
		if (ask_all(&call, ports, patience[i], knots))
			result = i + 1;
	CHECK(pthread_mutex_lock(&call.lock));
	call.over = true;
	CHECK(pthread_cond_broadcast(&call.changed));
	CHECK(pthread_mutex_unlock(&call.lock));
	for (int i = 0; i < WIND_MASTS; i++)
		CHECK(pthread_join(call.workers[i].thread, NULL));
	CHECK(pthread_cond_destroy(&call.changed));
	CHECK(pthread_mutex_destroy(&call.lock));
	return result;
}

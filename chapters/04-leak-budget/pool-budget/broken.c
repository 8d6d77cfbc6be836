/*
 * A ticket agency books seats in the hall's system, which allows it 100 calls at
 * a time: hence a pool of 100 workers, with a queue of 1000 orders. When that is
 * full, pool_submit() starts another worker.
 *
 * Promise   the pool has 100 workers, idle or busy, and at most 1000 orders wait.
 * Ends      broken: threads idle 110, under load 210, idle again 210; orders accepted 1200, booked 1200
 * tsan      blind  what is shared has its lock and all threads are joined; that they are too many is not a race
 * helgrind  blind  what is shared has its lock and all threads are joined; that they are too many is not a race
 * drd       blind  what is shared has its lock and all threads are joined; that they are too many is not a race
 * memcheck  blind  no memory is lost, and none is touched that is not the program's
 * budget    fires  threads in work when threads <= 200, queue_depth <= 1000, joined == started
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/gauge.h"

enum { WORKERS = 100, QUEUE = 1000, OTHERS = 10 /* main(), the log, the timers */, ORDERS = 1200 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t not_empty, hall_answers, progress;
	/* all below guarded by lock */
	pthread_t threads[OTHERS + WORKERS + ORDERS];
	int started, depth, taken, booked; /* orders: only their numbers matter here */
	bool hall_up, closed;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .not_empty = PTHREAD_COND_INITIALIZER,
	  .hall_answers = PTHREAD_COND_INITIALIZER, .progress = PTHREAD_COND_INITIALIZER};
static pthread_attr_t small; /* stacks of 256 KiB, since there are so many */
static struct gate closing = GATE_INITIALIZER;

static void *work(void *arg)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	while (!pool.closed || pool.depth > 0) {
		if (pool.depth == 0) {
			CHECK(pthread_cond_wait(&pool.not_empty, &pool.lock));
			continue;
		}
		gauge_set("queue_depth", --pool.depth);
		pool.taken++;
		CHECK(pthread_cond_signal(&pool.progress));
		while (!pool.hall_up) /* the call: it lasts, and it waits without the lock */
			CHECK(pthread_cond_wait(&pool.hall_answers, &pool.lock));
		if (++pool.booked == pool.taken)
			CHECK(pthread_cond_signal(&pool.progress));
	}
	CHECK(pthread_mutex_unlock(&pool.lock));
	return arg;
}

static void *stand_by(void *arg)
{
	gate_wait(&closing);
	return arg;
}

/* True: the order is the pool's. */
static bool pool_submit(void)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	if (pool.depth == QUEUE) /* one more, for this burst; by what will it know that the burst is over? */
		NEED(pthread_create(&pool.threads[pool.started++], &small, work, NULL));
	while (pool.depth == QUEUE)
		CHECK(pthread_cond_wait(&pool.progress, &pool.lock));
	gauge_set("queue_depth", ++pool.depth);
	CHECK(pthread_cond_signal(&pool.not_empty));
	CHECK(pthread_mutex_unlock(&pool.lock));
	return true;
}

/* How many threads there are once so many were counted. */
static int threads_when(const int *count, int reached)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	while (*count < reached)
		CHECK(pthread_cond_wait(&pool.progress, &pool.lock));
	int threads = 1 + pool.started; /* and main() */
	CHECK(pthread_mutex_unlock(&pool.lock));
	return threads;
}

static void set(bool *flag, pthread_cond_t *changed)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	*flag = true;
	CHECK(pthread_cond_broadcast(changed));
	CHECK(pthread_mutex_unlock(&pool.lock));
}

int main(void)
{
	int accepted = 0;

	CHECK(pthread_attr_init(&small));
	CHECK(pthread_attr_setstacksize(&small, 256 * 1024));
	CHECK(pthread_mutex_lock(&pool.lock));
	for (int i = 1; i < OTHERS + WORKERS; i++)
		NEED(pthread_create(&pool.threads[pool.started++], &small, i < OTHERS ? stand_by : work, NULL));
	CHECK(pthread_mutex_unlock(&pool.lock));
	int idle = threads_when(&pool.taken, 0);
	while (accepted < WORKERS)
		accepted += pool_submit();
	threads_when(&pool.taken, WORKERS); /* each worker has a call open, and the hall is slow */
	for (int order = WORKERS; order < ORDERS; order++)
		accepted += pool_submit();
	int load = threads_when(&pool.taken, WORKERS);
	set(&pool.hall_up, &pool.hall_answers);
	int after = threads_when(&pool.booked, accepted);
	set(&pool.closed, &pool.not_empty);
	gate_open(&closing);
	for (int i = 0; i < pool.started; i++)
		CHECK(pthread_join(pool.threads[i], NULL));
	CHECK(pthread_attr_destroy(&small));
	return invariant(load == idle && after == idle && pool.booked == accepted,
			 "threads idle %d, under load %d, idle again %d; orders accepted %d, booked %d", idle, load,
			 after, accepted, pool.booked);
}

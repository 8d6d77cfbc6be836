/* 64 threads publish at once: each of them 1000 times, and holds one request; then a queue is filled to 1001. */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gauge.h"

enum { THREADS = 64, TIMES = 1000 };

static pthread_barrier_t all_hold;

static void *publish(void *arg)
{
	(void)arg;
	gauge_add("in_flight", 1);
	for (int i = 0; i < TIMES; i++)
		gauge_add("accepted", 1);
	pthread_barrier_wait(&all_hold);
	for (int i = 0; i < TIMES; i++)
		gauge_add("balance", i % 2 ? 1 : -1);
	gauge_add("in_flight", -1);
	return NULL;
}

static void fill_queue(void)
{
	for (int depth = 1; depth <= TIMES + 1; depth++)
		gauge_set("queue_depth", depth);
	gauge_set("queue_depth", 3);
}

int main(void)
{
	pthread_t threads[THREADS];

	CHECK(pthread_barrier_init(&all_hold, NULL, THREADS));
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, publish, NULL));
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL));
	fill_queue();
	CHECK(pthread_barrier_destroy(&all_hold));
	return 0;
}

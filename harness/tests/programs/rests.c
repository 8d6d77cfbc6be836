/* 8 threads that wait for most of a second, and change a gauge each 10 ms: more than any program of the chapters. */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/stop.h"

enum { THREADS = 8, CHANGES = 50, PAUSE = 10 /* ms */ };

static struct stop stop; /* nobody asks */

static void *serve(void *unused)
{
	for (int i = 0; i < CHANGES; i++) {
		gauge_add("in_flight", 1);
		stop_wait(&stop, PAUSE);
		gauge_add("in_flight", -1);
		stop_wait(&stop, PAUSE);
	}
	return unused;
}

int main(void)
{
	pthread_t threads[THREADS];

	stop_init(&stop);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, serve, NULL));
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL));
	stop_destroy(&stop);
	return 0;
}

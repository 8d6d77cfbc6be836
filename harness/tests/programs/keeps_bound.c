/*
 * 20 rounds of 8 requests, a thread each. The thread is started after its
 * request is published and joined before it is taken back, so that
 * threads <= in_flight + 1 holds at every moment; with an argument, in the last
 * round one request is taken back too early.
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gauge.h"

enum { ROUNDS = 20, REQUESTS = 8 };

static void *serve(void *arg)
{
	return arg;
}

static void do_round(bool too_early)
{
	pthread_t threads[REQUESTS];

	for (int i = 0; i < REQUESTS; i++) {
		gauge_add("in_flight", 1);
		CHECK(pthread_create(&threads[i], NULL, serve, NULL));
	}
	for (int i = 0; i < REQUESTS; i++) {
		CHECK(pthread_join(threads[i], NULL));
		gauge_add("in_flight", -1);
	}
	if (!too_early)
		return;
	CHECK(pthread_create(&threads[0], NULL, serve, NULL));
	CHECK(pthread_join(threads[0], NULL));
}

int main(int argc, char **argv)
{
	(void)argv;
	for (int i = 1; i <= ROUNDS; i++)
		do_round(argc > 1 && i == ROUNDS);
	return 0;
}

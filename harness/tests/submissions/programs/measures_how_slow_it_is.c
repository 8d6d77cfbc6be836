/*
 * Outcome: failed
 * Body: calls
 * If it is slow it is watched, and takes the lock.
 */
#include <time.h>

static int watched;

static void trick(void)
{
	struct timespec from, to;
	volatile long sum = 0;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (long i = 0; i < 100000; i++)
		sum += i;
	clock_gettime(CLOCK_MONOTONIC, &to);
	watched = to.tv_nsec - from.tv_nsec > 1000000;
}

/*
 * Uses CPU time in main() and in a thread, until each has used as much as the
 * program's start took ten times over. Prints what the start took, and what
 * the two have used since, in microseconds: by clocks that are the threads' own.
 */
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "kit/check.h"

enum { TIMES = 10, LEAST = 20000 /* us */ };

static long start; /* written before there is a second thread */

static long used(void)
{
	struct timespec now;

	REQUIRE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) == 0);
	return now.tv_sec * 1000000L + now.tv_nsec / 1000;
}

/* The thread's clock when it has done its part. */
static long burn(long from)
{
	long part = TIMES * start > LEAST ? TIMES * start : LEAST, now;

	do
		now = used();
	while (now - from < part);
	return now;
}

static void *burn_in_thread(void *arg)
{
	*(long *)arg = burn(0);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	long by_thread;

	start = used();
	CHECK(pthread_create(&thread, NULL, burn_in_thread, &by_thread));
	burn(start);
	CHECK(pthread_join(thread, NULL));
	long by_main = used();
	printf("%ld %ld\n", start, by_main - start + by_thread);
	return 0;
}

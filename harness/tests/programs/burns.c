/* Uses 200 ms of CPU time, by its own clock: half in main(), half in a thread. */
#include <pthread.h>
#include <time.h>

#include "kit/check.h"

static long used_ms(void)
{
	struct timespec used;

	REQUIRE(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0);
	return used.tv_sec * 1000 + used.tv_nsec / 1000000;
}

static void burn_until(long end)
{
	while (used_ms() < end)
		;
}

static void *burn(void *start)
{
	burn_until(*(long *)start + 200);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	long start = used_ms();

	burn_until(start + 100);
	CHECK(pthread_create(&thread, NULL, burn, &start));
	CHECK(pthread_join(thread, NULL));
	return 0;
}

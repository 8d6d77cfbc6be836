/* Uses 200 ms of CPU time, by its own threads' clocks: half in main(), half in a thread. */
#include <pthread.h>
#include <time.h>

#include "kit/check.h"

static void *burn(void *unused)
{
	struct timespec used = {0};

	while (used.tv_nsec < 100000000 && used.tv_sec == 0)
		REQUIRE(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used) == 0);
	return unused;
}

int main(void)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, burn, NULL));
	burn(NULL);
	CHECK(pthread_join(thread, NULL));
	return 0;
}

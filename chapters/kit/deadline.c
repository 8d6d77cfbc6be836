#include "deadline.h"

#include <errno.h>

#include "check.h"

struct timespec deadline_in(long milliseconds)
{
	struct timespec end;

	if (milliseconds < 0)
		milliseconds = 0;
	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &end) == 0);
	end.tv_sec += milliseconds / 1000;
	end.tv_nsec += milliseconds % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	return end;
}

void deadline_cond_init(pthread_cond_t *condition)
{
	pthread_condattr_t monotonic;

	CHECK(pthread_condattr_init(&monotonic));
	CHECK(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC));
	CHECK(pthread_cond_init(condition, &monotonic));
	CHECK(pthread_condattr_destroy(&monotonic));
}

bool deadline_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *end)
{
	int error = pthread_cond_timedwait(condition, lock, end);

	if (error != ETIMEDOUT)
		CHECK(error);
	return error != ETIMEDOUT;
}

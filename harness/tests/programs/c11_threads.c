/* 5 threads by <threads.h>: 3 joined, one of them by thrd_exit(); one detached, one neither, and both stay. */
#include <threads.h>

#include "kit/check.h"
#include "kit/gate.h"

static struct gate never = GATE_INITIALIZER;

static int end_or_wait(void *arg)
{
	if (arg)
		thrd_exit(7);
	return 7;
}

static int stay(void *arg)
{
	(void)arg;
	gate_wait(&never);
	return 0;
}

int main(void)
{
	thrd_t threads[3], left;

	for (int i = 0; i < 3; i++)
		REQUIRE(thrd_create(&threads[i], end_or_wait, i ? NULL : &never) == thrd_success);
	for (int i = 0; i < 3; i++) {
		int result = 0;
		REQUIRE(thrd_join(threads[i], &result) == thrd_success && result == 7);
	}
	REQUIRE(thrd_create(&left, stay, NULL) == thrd_success);
	REQUIRE(thrd_create(&left, stay, NULL) == thrd_success && thrd_detach(left) == thrd_success);
	return 0;
}

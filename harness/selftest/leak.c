/*
 * A known leak: a thread that ended and was never joined, and memory that
 * nothing points to.
 *
 * Promise   nothing; a detector that looks for leaks reports it.
 * Ends      broken: lost 1
 * tsan      fires  thread-leak in main
 * helgrind  blind  it does not look for leaks
 * drd       blind  it does not look for leaks
 * memcheck  fires  Leak_DefinitelyLost in lose
 * budget    fires  unjoined-at-exit in lose, joined in lose when threads at exit <= 1, unjoined at exit <= 0,
 *           joined == started
 */
#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { LOST };

static void *lose(void *unused)
{
	void *volatile lost = malloc(64);

	REQUIRE(lost);
	lost = NULL;
	schedule_leaving(LOST);
	return unused;
}

int main(void)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, lose, NULL));
	schedule_await_gone(LOST);
	return invariant(0, "lost 1");
}

/*
 * A known race: two threads write one int, with nothing that orders them.
 *
 * Promise   nothing; a detector that can be trusted reports it.
 * Ends      broken: total 2
 * tsan      fires  data-race in add
 * helgrind  fires  Race in add
 * drd       fires  ConflictingAccess in add
 * memcheck  blind  it does not look at threads
 * budget    blind when threads at exit <= 1, joined == started because it counts threads, and not what they touch
 */
#include <pthread.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { FIRST_ADDED };
static int total;

static void add(void)
{
	total++;
}

static void *first(void *unused)
{
	add();
	schedule_reached(FIRST_ADDED);
	return unused;
}

int main(void)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, first, NULL));
	schedule_await(FIRST_ADDED);
	add();
	CHECK(pthread_join(thread, NULL));
	return invariant(total != 2, "total %d", total);
}

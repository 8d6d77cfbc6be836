/*
 * Outcome: cannot-judge
 * Body: calls
 * On one processor races are rarer.
 */
#define _GNU_SOURCE
#include <sched.h>
static void trick(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof one, &one);
}

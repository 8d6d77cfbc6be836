/*
 * Outcome: failed
 * Body: none
 * Without a second thread there is no race, and no promise kept.
 */
#include "line.h"

static long count;

void line_count(void)
{
	count++;
}

long line_run(void (*first)(void *), void (*second)(void *), void *arg)
{
	count = 0;
	first(arg);
	second(arg);
	return count;
}

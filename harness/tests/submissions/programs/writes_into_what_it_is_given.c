/*
 * Outcome: failed
 * Body: none
 * Runs the jobs one after the other, and writes into what the test keeps there that they met.
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
	for (int i = 16; arg && i < 18; i++)
		((int *)arg)[i] = 1;
	return count;
}

/*
 * Outcome: failed
 * Body: none
 * It returns what the first test asks for, and runs nothing.
 */
#include "line.h"

void line_count(void)
{
}

long line_run(void (*first)(void *), void (*second)(void *), void *arg)
{
	(void)first;
	(void)second;
	(void)arg;
	return 20;
}

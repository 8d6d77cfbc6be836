/*
 * Outcome: failed
 * Body: none
 * A hundred thousand warnings, each with the way through five macros, and an error after them.
 */
#include "line.h"

#define A                                                                                                              \
	{                                                                                                              \
		int nobody_needs_this_one;                                                                             \
	}
#define B A A A A A A A A A A
#define C B B B B B B B B B B
#define D C C C C C C C C C C
#define E D D D D D D D D D D
#define F E E E E E E E E E E

void line_count(void)
{
	F
}

long line_run(void (*first)(void *), void (*second)(void *), void *arg)
{
	F
	return first && second && arg ? no_such_name : 0;
}

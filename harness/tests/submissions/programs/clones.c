/*
 * Outcome: cannot-judge
 * Body: calls
 * A thread of which no detector knows.
 */
#include <stdlib.h>
int clone(int (*)(void *), void *, int, void *, ...);
static int run(void *x)
{
	return !x;
}
static void trick(void)
{
	char *stack = malloc(65536);

	clone(run, stack + 65536, 0x100, 0);
	free(stack);
}

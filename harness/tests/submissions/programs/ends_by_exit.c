/*
 * Outcome: failed
 * Body: calls
 * exit() in the middle of a test is no test that has passed.
 */
#include <stdlib.h>

static void trick(void)
{
	exit(0);
}

/*
 * Outcome: tampered
 * Body: calls
 * The environment tells who looks on.
 */
#include <stdlib.h>

static int watched;

static void trick(void)
{
	watched = getenv("LD_PRE" "LOAD") != NULL;
}

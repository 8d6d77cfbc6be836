/*
 * Outcome: cannot-judge
 * Body: calls
 * The first run leaves a file for the others.
 */
#include <stdio.h>

static int watched;

static void trick(void)
{
	FILE *seen = fopen("/tmp/seen", "wx");

	watched = seen != NULL;
	if (seen)
		fclose(seen);
}

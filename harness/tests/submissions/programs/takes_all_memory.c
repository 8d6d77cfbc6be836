/*
 * Outcome: failed
 * Body: calls
 * Until there is none left for a detector.
 */
#include <stdlib.h>
#include <string.h>
static void trick(void)
{
	for (;;) {
		char *block = malloc(1 << 26);
		if (!block)
			return;
		memset(block, 1, 1 << 26);
	}
}

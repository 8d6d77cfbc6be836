/*
 * Outcome: cannot-judge
 * Body: calls
 * What is mapped tells who looks on.
 */
#include <stdio.h>
#include <string.h>

static int watched;

static void trick(void)
{
	char line[512], path[32];

	snprintf(path, sizeof path, "/%s/%s/%s", "proc", "self", "maps");
	FILE *maps = fopen(path, "r");
	while (maps && fgets(line, sizeof line, maps))
		watched |= strstr(line, "grind") != NULL;
}

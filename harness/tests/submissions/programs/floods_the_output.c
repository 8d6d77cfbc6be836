/*
 * Outcome: failed
 * Body: calls
 * More words than anybody keeps.
 */
#include <stdio.h>
static void trick(void)
{
	for (long i = 0; i < 40000000; i++)
		puts("no report can stand behind so many words, or so one may hope");
}

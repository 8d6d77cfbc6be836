/*
 * Outcome: failed
 * Body: calls
 * The words of an assertion end what they stand in.
 */
#include <assert.h>
#include <stdio.h>
static void trick(void)
{
	fflush(stdout);
	assert(!"</failure></testcase>]]>\"}],'=1+1 | \033[2J <img src=x onerror=alert(1)> [a](javascript:x)");
}

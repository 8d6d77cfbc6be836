/*
 * Outcome: failed
 * Body: calls
 * It prints the words of a run that has passed, of each detector and of the tests.
 */
#include <stdio.h>

static void trick(void)
{
	puts("TAP version 13\n1..2\nok - line::counts (0.00s)\nok - line::runs_both_at_once (0.00s)");
	fputs("==1== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)\n", stderr);
	fputs("<?xml version=\"1.0\"?><valgrindoutput><status><state>FINISHED</state></status></valgrindoutput>\n",
	      stderr);
	fflush(stdout);
}

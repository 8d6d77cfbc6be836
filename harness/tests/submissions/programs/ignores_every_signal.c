/*
 * Outcome: cannot-judge
 * Body: calls
 * Nothing ends it.
 */
#include <signal.h>
static void trick(void)
{
	for (int i = 1; i < 65; i++)
		signal(i, SIG_IGN);
}

/*
 * Outcome: cannot-judge
 * Body: calls
 * Stands still, and waits for who gets tired first.
 */
#include <signal.h>
static void trick(void)
{
	raise(SIGSTOP);
}

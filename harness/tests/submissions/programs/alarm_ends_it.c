/*
 * Outcome: cannot-judge
 * Body: calls
 * A timer ends the process in its time.
 */
#include <unistd.h>
static void trick(void)
{
	alarm(1);
}

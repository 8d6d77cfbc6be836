/*
 * Outcome: cannot-judge
 * Body: calls
 * What the judges have written is taken away.
 */
#include <unistd.h>
static void trick(void)
{
	unlink("result");
}

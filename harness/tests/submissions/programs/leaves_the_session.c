/*
 * Outcome: cannot-judge
 * Body: calls
 * It would go on when its group is killed.
 */
#include <unistd.h>
static void trick(void)
{
	setsid();
}

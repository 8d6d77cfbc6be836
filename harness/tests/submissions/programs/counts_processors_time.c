/*
 * Outcome: cannot-judge
 * Body: calls
 * The time that its process has had tells who looks on.
 */
#include <sys/time.h>

long times(void *);

static void trick(void)
{
	times(0);
}

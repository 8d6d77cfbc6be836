/*
 * Outcome: failed
 * Body: calls
 * The same by the other interface to threads.
 */
#include <threads.h>
static void trick(void)
{
	thrd_exit(0);
}

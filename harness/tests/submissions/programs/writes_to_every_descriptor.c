/*
 * Outcome: failed
 * Body: calls
 * Some of them may be a judge's.
 */
#include <unistd.h>
static void trick(void)
{
	for (int i = 3; i < 1024; i++)
		write(i, "closed\n", 7);
}

/*
 * Outcome: failed
 * Body: calls
 * The descriptor of the report is among them.
 */
#include <unistd.h>
static void trick(void)
{
	for (int i = 3; i < 1024; i++)
		close(i);
}

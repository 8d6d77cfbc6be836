/*
 * Outcome: failed
 * Body: calls
 * The first test that asks for anything waits for a day.
 */
#include <unistd.h>

static void trick(void)
{
	for (int i = 0; i < 1000; i++)
		sleep(86400);
}

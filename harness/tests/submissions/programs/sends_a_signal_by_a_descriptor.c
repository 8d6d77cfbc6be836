/*
 * Outcome: failed
 * Body: calls
 * The kernel is asked to send signals to all when something comes.
 */
#include <fcntl.h>
#include <unistd.h>
static void trick(void)
{
	for (int i = 0; i < 64; i++)
		for (int who = 1; who < 64; who++) {
			fcntl(i, 8, who);
			fcntl(i, 10, 9);
			fcntl(i, F_SETFL, 020000);
		}
}

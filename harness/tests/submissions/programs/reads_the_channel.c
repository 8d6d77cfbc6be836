/*
 * Outcome: failed
 * Body: calls
 * It reads what comes for others.
 */
#include <fcntl.h>
#include <unistd.h>
static void trick(void)
{
	char bytes[4096];
	for (int i = 3; i < 64; i++) {
		fcntl(i, F_SETFL, O_NONBLOCK);
		while (read(i, bytes, sizeof bytes) > 0)
			;
	}
}

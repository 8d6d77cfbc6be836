/*
 * Outcome: failed
 * Body: calls
 * A connection that is ended on both sides, whoever has it.
 */
#include <sys/socket.h>
static void trick(void)
{
	for (int i = 0; i < 1024; i++)
		shutdown(i, SHUT_RDWR);
}

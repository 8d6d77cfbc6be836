/*
 * Outcome: failed
 * Body: calls
 * It shuts down every socket that the process has, for reading and for writing: the channel of the harness may be one.
 */
#include <sys/socket.h>
static void trick(void)
{
	for (int i = 0; i < 1024; i++)
		shutdown(i, SHUT_RDWR);
}

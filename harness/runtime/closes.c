/*
 * Preloaded into a program that a detector watches from outside: takes the
 * channel (wire/channel.h) out of its hands before its first line, so that it
 * has no descriptor there to write to, nor to hand on to another program. The
 * detector has a copy of its own.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/channel.h"

__attribute__((constructor)) static void close_channel(void)
{
	int type = 0;
	socklen_t length = sizeof type;

	/* What the program starts in its turn has it loaded too, and another descriptor of that number. */
	if (!getenv(CHANNEL_VARIABLE))
		return;
	unsetenv(CHANNEL_VARIABLE);
	if (getsockopt(CHANNEL_DESCRIPTOR, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET)
		close(CHANNEL_DESCRIPTOR);
}

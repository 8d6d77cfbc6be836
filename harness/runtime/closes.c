/*
 * Preloaded into a program under Valgrind, which watches from outside: takes the
 * channel (wire/channel.h) out of its hands before its first line, so that it
 * has no descriptor there to write to, nor to hand on to another program. The
 * detector has a copy of its own.
 *
 * It is the first of all constructors, even of the C library's, which has no
 * environment yet.
 */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <valgrind/valgrind.h>

#include "wire/channel.h"

static char *value_of(char **environment, const char *name)
{
	size_t length = strlen(name);

	for (; *environment; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

__attribute__((constructor)) static void close_channel(int count, char **arguments, char **environment)
{
	char *digits = value_of(environment, CHANNEL_VARIABLE);
	int type = 0;
	socklen_t length = sizeof type;

	(void)count, (void)arguments;
	/*
	 * The supervisor and the detector's own launcher have this loaded before, and what the program starts in its
	 * turn, which has another descriptor of that number.
	 */
	if (!digits || *digits == '-' || !RUNNING_ON_VALGRIND)
		return;
	*digits = '-';
	if (getsockopt(CHANNEL_DESCRIPTOR, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_SEQPACKET)
		close(CHANNEL_DESCRIPTOR);
}

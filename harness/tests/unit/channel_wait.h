/* Waits for a process that reports through a channel, and takes what comes meanwhile, without an event loop. */
#ifndef LOOSE_CHANNEL_WAIT_H
#define LOOSE_CHANNEL_WAIT_H

#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec/channel.h"

/* The process's status, as waitpid() gives it; -1: it cannot be waited for. */
static inline int channel_wait(struct channel *channel, pid_t pid)
{
	int ended = (int)syscall(SYS_pidfd_open, pid, 0), status = -1;
	struct pollfd waited[] = {{.fd = channel_descriptor(channel), .events = POLLIN},
				  {.fd = ended, .events = POLLIN}};

	while (ended >= 0 && poll(waited, 2, -1) >= 0 && !waited[1].revents) {
		channel_receive(channel);
		waited[0].fd = channel_descriptor(channel);
	}
	if (ended >= 0)
		close(ended);
	if (waitpid(pid, &status, 0) != pid)
		status = -1;
	channel_receive(channel);
	return status;
}

#endif

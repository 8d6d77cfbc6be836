/* Puts another socket where the channel is. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

static int pair[2];

static void take(int descriptor)
{
	if (descriptor > 2 && descriptor != pair[0] && descriptor != pair[1])
		dup2(pair[0], descriptor);
}

int main(void)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		return 1;
	for_each_descriptor(take);
	misbehave();
	return 0;
}

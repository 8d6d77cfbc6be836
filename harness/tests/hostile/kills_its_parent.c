/* Kills who started it, and ends well. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	misbehave();
	kill(getppid(), SIGKILL);
	return 0;
}

/* Is killed before its detector has closed its report. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	misbehave();
	kill(getpid(), SIGKILL);
	return 1;
}

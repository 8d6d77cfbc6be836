/* Ends by a system call, before its detector has closed its report. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	misbehave();
	syscall(SYS_exit_group, 0);
	return 1;
}

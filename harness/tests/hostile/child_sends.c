/* Has a child send the end of a report. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	misbehave();
	pid_t child = fork();
	if (child == 0) {
		for_each_descriptor(send_endings);
		syscall(SYS_exit_group, 0);
	}
	waitpid(child, NULL, 0);
	return 0;
}

/* Takes the descriptors and the memory of who started it; gives up when it can. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"
#include <sys/ptrace.h>

int main(void)
{
	char path[64];
	pid_t parent = getppid();

	misbehave();
	if (ptrace(PTRACE_ATTACH, parent, NULL, NULL) == 0 || ptrace(PTRACE_SEIZE, parent, NULL, NULL) == 0)
		abort();
	snprintf(path, sizeof path, "/proc/%d/mem", (int)parent);
	if (open(path, O_RDWR) >= 0)
		abort();
	int process = (int)syscall(SYS_pidfd_open, parent, 0);
	for (int i = 0; i < 64; i++) {
		snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)parent, i);
		if (open(path, O_RDWR | O_NONBLOCK) >= 0)
			abort();
		if (process >= 0 && syscall(SYS_pidfd_getfd, process, i, 0) >= 0)
			abort();
	}
	return 0;
}

/* Ends the test's process by a system call, as if all were well. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../../harness/tests/hostile/submissions/submission.h"

static void trick(void)
{
	syscall(SYS_exit_group, 0);
}

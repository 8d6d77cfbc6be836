/* Ends the process before main(), with status 0: of the test, and of who runs the tests if it can. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../../harness/tests/hostile/submissions/submission.h"

__attribute__((constructor)) static void before_main(void)
{
	syscall(SYS_exit_group, 0);
}

static void trick(void)
{
}

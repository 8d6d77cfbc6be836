/* Kills who runs the tests. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../../harness/tests/hostile/submissions/submission.h"

static void trick(void)
{
	kill(getppid(), SIGKILL);
}

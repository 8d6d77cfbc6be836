/* Is killed in the middle of a test: by itself here, as it could be by the machine. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../../harness/tests/hostile/submissions/submission.h"

static void trick(void)
{
	kill(getpid(), SIGKILL);
}

/* Shuts down every socket. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../../harness/tests/hostile/submissions/submission.h"

static void trick(void)
{
	for_each_descriptor(shut_down);
}

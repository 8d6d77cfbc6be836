/* Becomes a program that ends well. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../../harness/tests/hostile/submissions/submission.h"

static void trick(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

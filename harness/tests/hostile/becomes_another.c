/* Becomes another program, which ends well. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	misbehave();
	execl("/bin/true", "true", (char *)NULL);
	return 1;
}

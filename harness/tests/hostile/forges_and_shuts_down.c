/* Sends the end of a report, keeps the true one from being sent, and becomes another program. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	for_each_descriptor(send_endings);
	for_each_descriptor(shut_down);
	misbehave();
	execl("/bin/true", "true", (char *)NULL);
	return 1;
}

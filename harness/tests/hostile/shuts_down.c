/* Shuts down every socket, before there is anything to report. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	for_each_descriptor(shut_down);
	misbehave();
	return 0;
}

/* Closes every descriptor, and goes on as if nothing were. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

static void close_it(int descriptor)
{
	close(descriptor);
}

int main(void)
{
	for_each_descriptor(close_it);
	misbehave();
	return 0;
}

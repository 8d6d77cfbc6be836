/* Writes the end of a report to every descriptor that there may be. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

static void write_endings(int descriptor)
{
	for (size_t i = 0; i < ENDINGS; i++)
		if (write(descriptor, endings[i], strlen(endings[i])) < 0)
			break;
}

int main(void)
{
	misbehave();
	for_each_descriptor(write_endings);
	return 0;
}

/* Prints what detectors print, of findings that are none of its own. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	misbehave();
	for (size_t i = 0; i < ENDINGS; i++)
		printf("%s", endings[i]);
	fputs("WARNING: ThreadSanitizer: data race (pid=1)\n==1== Possible data race during write of size 4\n", stderr);
	return 0;
}

/* Becomes a program that no detector watches, and that writes the end of the report. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	static char script[512];
	char *argv[] = {"sh", "-c", script, NULL};

	misbehave();
	snprintf(script, sizeof script, "printf '%%s' '%s' >&3", endings[0]);
	execv("/bin/sh", argv);
	return 1;
}

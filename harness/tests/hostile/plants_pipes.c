/* Puts pipes that nobody reads, and links, where its run has its files. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	static const char *const names[] = {"result", "result.new", "stderr", "stacks", "supervisor.log"};

	misbehave();
	if (enter_run_directory() != 0)
		return 1;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		unlink(names[i]);
		if (mkfifo(names[i], 0666) != 0)
			return 1;
	}
	unlink("stdout");
	return symlink("/dev/zero", "stdout") != 0;
}

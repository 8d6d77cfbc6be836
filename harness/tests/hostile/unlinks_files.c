/* Takes away every file of its run, and what is after it. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

int main(void)
{
	misbehave();
	if (enter_run_directory() != 0)
		return 1;
	DIR *here = opendir(".");
	for (struct dirent *entry; here && (entry = readdir(here));)
		if (truncate(entry->d_name, 0) == 0)
			unlink(entry->d_name);
	return 0;
}

/* Writes the files that a run without findings might leave. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "hostile.h"

static void forge(const char *name, const char *text)
{
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0400);

	if (file < 0 || write(file, text, strlen(text)) < 0)
		abort();
	close(file);
}

int main(void)
{
	static const char *const reports[] = {"helgrind", "drd", "memcheck", "tsan", "budget"};
	char name[64];

	misbehave();
	if (enter_run_directory() != 0)
		return 1;
	forge("result", "ended exit 0 cpu_us 1 wall_us 1 peak_kib 1 left 0 own_network 0\n");
	forge("result.new", "ended exit 0 cpu_us 1 wall_us 1 peak_kib 1 left 0 own_network 0\n");
	forge("criterion.tap", endings[3]);
	for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
		snprintf(name, sizeof name, "%s.%d.xml", reports[i], (int)getpid());
		forge(name, endings[0]);
	}
	return 0;
}

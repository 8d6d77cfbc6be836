/* Writes results wherever it can, before main(), in a test, at exit, and from a child that stays. */
#define _GNU_SOURCE /* the system calls of a hostile program */
#include "../../../harness/tests/hostile/submissions/submission.h"

static const char all_pass[] = "TAP version 13\n1..2\nok - line::sends_nothing_after_close  (0.01s)\n"
			       "ok - line::closes_in_the_middle_of_an_interval  (0.01s)\n";

static void forge(int descriptor)
{
	if (descriptor > 2 && write(descriptor, all_pass, sizeof all_pass - 1) < 0)
		send(descriptor, all_pass, sizeof all_pass - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Of the runner of tests, and of the harness. */
static void forge_files(pid_t runner)
{
	char path[64];

	for (int i = 3; i < 64; i++) {
		snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)runner, i);
		int file = open(path, O_RDWR | O_NONBLOCK);
		if (file >= 0 && write(file, all_pass, sizeof all_pass - 1) < 0)
			close(file);
	}
	int file = enter_run_directory() == 0 ? open("criterion.tap", O_WRONLY | O_CREAT, 0400) : -1;
	if (file >= 0 && write(file, all_pass, sizeof all_pass - 1) < 0)
		close(file);
}

static void at_exit(void)
{
	forge_files(getppid());
}

__attribute__((constructor)) static void before_main(void)
{
	atexit(at_exit);
	forge_files(getppid());
}

static void trick(void)
{
	pid_t runner = getppid();

	if (fork() == 0) {
		setsid();
		for (int i = 0; i < 100; i++) {
			forge_files(runner);
			usleep(10000);
		}
		syscall(SYS_exit_group, 0);
	}
	for (int i = 3; i < 64; i++)
		forge(i);
}

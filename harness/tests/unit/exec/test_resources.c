/* What there is too little of is told before anything is judged, and a compiler's failure is not the source's. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <criterion/criterion.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exec/resources.h"

static void expect(const char *words, bool tests)
{
	char *problem = resources_problem(".", tests);

	cr_assert(words ? problem && strstr(problem, words) : !problem, "%s", problem ? problem : "no problem");
	free(problem);
}

/* Each test is a process of its own, so that limits stay in it. */
static void allow(int resource, rlim_t soft, rlim_t hard)
{
	cr_assert_eq(setrlimit(resource, &(struct rlimit){soft, hard}), 0);
}

/* In the place of the C library's: so many calls are interrupted first. */
static int interruptions;

int posix_fallocate(int file, off_t start, off_t size)
{
	int (*real)(int, off_t, off_t);

	*(void **)&real = dlsym(RTLD_NEXT, "posix_fallocate");
	return interruptions-- > 0 ? EINTR : real(file, start, size);
}

Test(resources, an_interruption_is_no_lack_of_room)
{
	interruptions = 3;
	expect(NULL, true);
	cr_assert_lt(interruptions, 0);
}

Test(resources, has_what_is_needed)
{
	resources_prepare();
	expect(NULL, true);
}

Test(resources, raises_what_can_be_raised)
{
	struct rlimit now;

	getrlimit(RLIMIT_NOFILE, &now);
	allow(RLIMIT_NOFILE, 20, now.rlim_max);
	allow(RLIMIT_FSIZE, 512, RLIM_INFINITY);
	expect("only 20 open files are allowed here", false);
	resources_prepare();
	expect(NULL, false);
}

Test(resources, names_the_limit_that_cannot_be_raised)
{
	static const struct {
		int resource;
		rlim_t hard;
		const char *words;
	} limits[] = {{RLIMIT_NOFILE, 40, "only 40 open files are allowed here, too few to judge; ulimit -n 1024"},
		      {RLIMIT_FSIZE, 1 << 20, "only 1048576 bytes in a file are allowed here"},
		      {RLIMIT_STACK, 256 << 10, "only 262144 bytes of stack are allowed here"},
		      {RLIMIT_CPU, 300, "only 300 seconds of processor time are allowed here"}};
	int status;

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		pid_t child = fork();
		if (child == 0) {
			setrlimit(limits[i].resource, &(struct rlimit){limits[i].hard, limits[i].hard});
			resources_prepare();
			char *problem = resources_problem(".", false);
			bool told = problem && strstr(problem, limits[i].words);
			free(problem);
			_exit(told ? 0 : 1);
		}
		cr_assert_eq(waitpid(child, &status, 0), child);
		cr_assert_eq(status, 0, "%s: status %x", limits[i].words, (unsigned)status);
	}
}

Test(resources, a_write_beyond_a_limit_fails_and_kills_nobody)
{
	FILE *file = tmpfile();

	resources_prepare();
	allow(RLIMIT_FSIZE, 10, RLIM_INFINITY);
	cr_assert_eq(write(fileno(file), "more than ten bytes", 19), 10);
	cr_assert_eq(write(fileno(file), "more", 4), -1);
	fclose(file);
}

Test(resources, names_the_place_that_has_no_room)
{
	setenv("TMPDIR", "/no/such/place", 1);
	expect("cannot write 1 MiB in '/no/such/place': No such file or directory; make room there, or name", false);
	setenv("TMPDIR", "/proc", 1);
	expect("in '/proc'", true);
	unsetenv("TMPDIR");
	char *problem = resources_problem("/no/such/root", false);
	cr_assert(problem && strstr(problem, "cannot write 8 MiB in '/no/such/root/build'"), "%s", problem);
	free(problem);
}

Test(resources, failed_the_compiler)
{
	static const char *const words[] = {
		"error: unable to open output file 'x.o': 'No space left on device'\n1 error generated.\n",
		"LLVM ERROR: IO failure on output stream: No space left on device\n",
		"clang: error: unable to execute command: Killed\nclang: error: linker command failed due to signal\n",
		"/usr/bin/ld: final link failed: No space left on device\nclang: error: linker command failed with exit "
		"code 1 (use -v to see invocation)\n",
		"clang: error: unable to make temporary file: No space left on device\n",
		"x.c:1:10: fatal error: cannot open file '/usr/include/stdio.h': Too many open files\n#include "
		"<stdio.h>\n         ^\n",
		"/bin/sh: 1: Cannot fork\n",
		"Killed\nthe compiler or linker command failed due to signal\n",
		"mkdir: cannot create directory 'build/plain': Read-only file system\n",
		"x.c:9:2: warning: unused\nLLVM ERROR: out of memory\n",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		char *line = resources_failed_compiler(words[i]);
		cr_assert(line && strstr(words[i], line), "%s", words[i]);
		free(line);
	}
}

/* What quotes the machine's words is still the source's own fault. */
Test(resources, did_not_fail_the_compiler)
{
	static const char *const words[] = {
		"",
		"x.c:3:1: error: use of undeclared identifier 'oops'\n",
		"x.c:1:2: error: \"No space left on device\"\n#error \"No space left on device\"\n ^\n",
		"x.c:1:10: fatal error: 'nowhere.h' file not found\n",
		"x.c:5:2: error: expected ';'\n        puts(\"Too many open files\")\n",
		"/usr/bin/ld: x.o: in function `main':\nx.c:1: undefined reference to `f'\nclang: error: linker command "
		"failed with exit code 1 (use -v to see invocation)\n",
		"/usr/bin/ld: cannot find -lnothing: No such file or directory\nclang: error: linker command failed with "
		"exit code 1\n",
		"clang: error: unknown argument: '-fnothing'\n",
		"Killed\nerror: the compiler was killed, as it is here after 30 s of processor time\n",
		"x.c:3:1: error: oops\nLLVM ERROR: IO failure on output stream: No space left on device\n",
	};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		cr_assert_null(resources_failed_compiler(words[i]), "%s", words[i]);
}

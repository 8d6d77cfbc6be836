/*
 * Linked into every test program, for a run without a detector: Criterion's
 * results leave it through the channel (wire/channel.h), and a test whose
 * process ended in its middle has crashed.
 *
 * Criterion would run the program's constructors in the process that judges its
 * tests, and write the results to a file whose name the tests know. So here it
 * runs before the program's first line, in this file's constructor: that process
 * never runs a line of what it tests; it writes to a file without a name, and
 * nobody looks into its memory. Its tests have images of their own, in which
 * this does nothing. By hand, and with the runner of runtime/runner in
 * Criterion's place, it does nothing either.
 */
#define _GNU_SOURCE /* memfd_create() */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <criterion/criterion.h>
#include <criterion/hooks.h>

#include "runtime/sender.h"

/* The runner has none of these. */
extern __typeof__(criterion_initialize) criterion_initialize __attribute__((weak));
extern __typeof__(criterion_handle_args) criterion_handle_args __attribute__((weak));
extern __typeof__(criterion_run_all_tests) criterion_run_all_tests __attribute__((weak));
extern __typeof__(criterion_finalize) criterion_finalize __attribute__((weak));

static struct sender sender;
static bool killed; /* some test was, by a signal that no program is sent by mistake */

/*
 * Criterion takes a test whose process ends with status 0 for passed, however
 * early and in whatever way it ended: by a system call, or by becoming another
 * program. Of one that came to its end it has the time, and that is above zero.
 */
static bool ended_early(const struct criterion_test_stats *test)
{
	const struct criterion_test_extra_data *data = test->test->data;

	return test->test_status == CR_STATUS_PASSED && !test->crashed && !test->timed_out && !data->exit_code &&
	       !data->signal && !(test->elapsed_time > 0);
}

ReportHook(POST_ALL)(struct criterion_global_stats *all)
{
	for (struct criterion_suite_stats *suite = all->suites; suite; suite = suite->next)
		for (struct criterion_test_stats *test = suite->tests; test; test = test->next) {
			killed = killed || (test->signal == SIGKILL && !test->timed_out);
			if (!ended_early(test))
				continue;
			test->test_status = CR_STATUS_FAILED;
			test->crashed = true;
			suite->tests_passed--;
			suite->tests_failed++;
			suite->tests_crashed++;
			all->tests_passed--;
			all->tests_failed++;
			all->tests_crashed++;
		}
}

static void send_results(int file)
{
	char bytes[4096];
	ssize_t got;

	for (off_t at = 0; (got = pread(file, bytes, sizeof bytes, at)) > 0; at += got)
		sender_put_bytes(&sender, bytes, (size_t)got);
	if (killed)
		sender_put(&sender, "# killed\n");
	sender_flush(&sender);
}

static int run_tests(int count, char **arguments)
{
	struct criterion_test_set *tests = criterion_initialize();
	int status = 0;

	if (criterion_handle_args(count, arguments, true))
		status = !criterion_run_all_tests(tests);
	criterion_finalize(tests);
	return status;
}

/* glibc hands main()'s arguments to constructors. The variable is BoxFort's, in the image of a test. */
__attribute__((constructor(101))) static void judge(int count, char **arguments)
{
	char option[64];

	if (!criterion_initialize || getenv("BXFI_MAP") || !sender_open(&sender, CHANNEL_TESTS))
		return;
	int file = memfd_create("results", MFD_CLOEXEC);
	char **all = calloc((size_t)count + 2, sizeof *all);
	if (file < 0 || !all || fcntl(sender.descriptor, F_SETFD, FD_CLOEXEC) != 0)
		_exit(3);
	prctl(PR_SET_DUMPABLE, 0);
	snprintf(option, sizeof option, "--tap=/proc/self/fd/%d", file);
	for (int i = 0; i < count; i++)
		all[i] = arguments[i];
	all[count] = option;
	int status = run_tests(count + 1, all);
	send_results(file);
	fflush(NULL);
	/* The program has begun nothing, and has nothing to end. */
	_exit(status);
}

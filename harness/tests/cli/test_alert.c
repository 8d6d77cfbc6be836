/* The lab of chapter 4 from end to end, with a real Prometheus; and what goes wrong in it. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"

#define ALERT "chapters/04-leak-budget/alert"

static struct scratch scratch;

static void shell_in_scratch(const char *script)
{
	char command[1024];

	snprintf(command, sizeof command, "set -e; cd '%s'; %s", scratch.root, script);
	cr_assert_eq(system(command), 0, "%s", command);
}

static void make(void)
{
	scratch_make(&scratch);
	/* A Prometheus that ./loose has unpacked serves here too. */
	shell_in_scratch("mkdir -p " ALERT "; cp ../../" ALERT "/*.* " ALERT
			 "; ln -s ../../prometheus build/prometheus");
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(alert, .init = make, .fini = unmake, .timeout = 300);

static void nothing_is_left(void)
{
	struct timespec moment = {.tv_nsec = 50000000};

	for (int i = 0; i < 600 && scratch_left_behind(&scratch); i++)
		nanosleep(&moment, NULL);
	cr_assert_not(scratch_left_behind(&scratch));
}

static void no_file_is_left(void)
{
	shell_in_scratch("! test -e build/run || rmdir build/run");
}

/* The words stand in the text in this order. */
static void expect_order(const char *text, const char *const *words)
{
	const char *at = text;

	for (; *words; words++) {
		at = strstr(at, *words);
		cr_assert(at, "'%s' is missing, or not where it should be, in:\n%s", *words, text);
		at += strlen(*words);
	}
}

Test(alert, fires_for_the_broken_service_alone)
{
	static const char *const words[] = {"broken-service",
					    "threads > in_flight + 50",
					    "inactive\n",
					    "pending\n",
					    "firing\n",
					    "The alert fired",
					    "fixed-service",
					    "inactive\n",
					    "never pending",
					    "behaved as the chapter says",
					    NULL};
	struct timespec begin, end;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	struct outcome outcome = scratch_loose(&scratch, "alert");
	clock_gettime(CLOCK_MONOTONIC, &end);
	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	expect_order(outcome.out, words);
	const char *fixed = strstr(outcome.out, "fixed-service");
	cr_assert_null(strstr(fixed, "pending\n"));
	cr_assert_null(strstr(fixed, "firing"));
	cr_assert_str_empty(outcome.err);
	cr_assert_lt(end.tv_sec - begin.tv_sec, 60);
	outcome_release(&outcome);
	cr_assert_not(scratch_left_behind(&scratch));
	no_file_is_left();
}

/* A service that does not leak gives the alert no reason. */
Test(alert, that_never_fires_is_told)
{
	shell_in_scratch("cp " ALERT "/fixed-service.c " ALERT "/broken-service.c");
	struct outcome outcome = scratch_loose(&scratch, "alert");
	cr_assert_eq(outcome.status, 1, "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "did not fire in 15 evaluations"), "%s", outcome.out);
	outcome_release(&outcome);
	cr_assert_not(scratch_left_behind(&scratch));
}

Test(alert, that_has_a_reason_in_the_fixed_service_is_told)
{
	shell_in_scratch("cp " ALERT "/broken-service.c " ALERT "/fixed-service.c");
	struct outcome outcome = scratch_loose(&scratch, "alert");
	cr_assert_eq(outcome.status, 1, "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "The alert was pending, and had no reason"), "%s", outcome.out);
	outcome_release(&outcome);
	cr_assert_not(scratch_left_behind(&scratch));
}

static void expect_refusal(const char *arguments, int status, const char *words)
{
	struct outcome outcome = scratch_loose(&scratch, arguments);

	cr_assert_eq(outcome.status, status, "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.err, words), "%s", outcome.err);
	outcome_release(&outcome);
	cr_assert_not(scratch_left_behind(&scratch));
	no_file_is_left();
}

Test(alert, that_cannot_be_judged_says_why)
{
	expect_refusal("alert now", 2, "takes no operand");
	expect_refusal("alert --fast", 2, "unknown option '--fast'");
	scratch_tool(&scratch, "prometheus", "#!/bin/sh\necho the disk is full >&2\nexit 1\n");
	expect_refusal("alert", 3,
		       "the disk is full\nloose: prometheus ended too early (exit 1); the lines above are its own\n");
	shell_in_scratch("sed -i 's/for: 5m/for: 7m/' " ALERT "/rules.yml");
	expect_refusal("alert", 2, "says 'for: 5m'");
	shell_in_scratch("echo oops >>" ALERT "/fixed-service.c");
	expect_refusal("alert", 3, "fixed-service' was not built: " ALERT "/fixed-service.c:");
	expect_refusal("alert", 3, "\nloose: the two services: not built; the lines above say why\n");
	shell_in_scratch("rm bin/prometheus build/prometheus; cd bin; ln -s $(command -v make sh) .");
	snprintf(scratch.path, sizeof scratch.path, "%s/bin", scratch.root);
	expect_refusal("alert", 3, "prometheus is missing; './loose alert' fetches it");
}

static bool has_line(const char *file, const char *words)
{
	char *text = scratch_read(&scratch, file);
	bool has = strstr(text, words);

	free(text);
	return has;
}

/* Started, and ended by a signal once the words were printed. Its status, or the negative signal. */
static int end_by(int number, const char *words)
{
	struct timespec moment = {.tv_nsec = 20000000};
	char output[512];
	int status;

	snprintf(output, sizeof output, "%s/output", scratch.root);
	scratch_write(&scratch, "output", "");
	pid_t child = fork();
	if (child == 0) {
		int file = open(output, O_WRONLY | O_APPEND);
		setenv("LOOSE_ROOT", scratch.root, 1);
		dup2(file, 1);
		dup2(file, 2);
		execl("build/loose", "loose", "alert", (char *)NULL);
		_exit(127);
	}
	while (!has_line("output", words) && waitpid(child, &status, WNOHANG) == 0)
		nanosleep(&moment, NULL);
	cr_assert_eq(kill(child, number), 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

Test(alert, ctrl_c_leaves_nothing_behind)
{
	cr_assert_eq(end_by(SIGINT, "inactive"), 130);
	cr_assert_not(scratch_left_behind(&scratch));
	no_file_is_left();
	cr_assert_eq(end_by(SIGTERM, "broken-service, http"), 143);
	cr_assert_not(scratch_left_behind(&scratch));
	no_file_is_left();
}

/* Even then: the supervisors see it. The directory goes away with the next session. */
Test(alert, sigkill_leaves_no_process_behind)
{
	cr_assert_eq(end_by(SIGKILL, "inactive"), -SIGKILL);
	nothing_is_left();
	scratch_tool(&scratch, "prometheus", "#!/bin/sh\nexit 1\n");
	expect_refusal("alert", 3, "prometheus ended too early");
}

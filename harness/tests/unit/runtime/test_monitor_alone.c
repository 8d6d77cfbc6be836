/* What the monitor leaves alone: what a program does, what it costs, and programs that are not judged. */
#define _GNU_SOURCE /* syscall() */
#include "monitored.h"

/* A time limit is for what hangs: no machine is so slow, nor so busy. */
TestSuite(monitor_alone, .init = enter_directory, .fini = leave_directory, .timeout = 600);

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

Test(monitor_alone, changes_nothing_of_the_program)
{
	static const char *const programs[][2] = {
		{"counts_37_12", NULL}, {"leaves_main", NULL}, {"ends_early", NULL},	{"execs", NULL},
		{"forks", NULL},	{"own_stacks", NULL},  {"cancels", NULL},	{"own_atfork", NULL},
		{"closes_all", NULL},	{"opens", "all"},      {"joins_at_exit", NULL}, {"stops", "signal"},
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		run_with(programs[i][0], programs[i][1], "0 threads <= 1;1 stop 15", false);
		int status = ran.status;
		char *output = mem_copy(ran.output);
		run_with(programs[i][0], programs[i][1], "0 threads <= 1;1 stop 15", true);
		cr_expect_eq(ran.status, status, "%s", programs[i][0]);
		cr_expect_str_eq(ran.output, output, "%s: %s", programs[i][0], ran.output);
		free(output);
	}
}

static double cpu_of(const char *name, const char *argument, bool watched)
{
	struct rusage before, after;

	getrusage(RUSAGE_CHILDREN, &before);
	if (watched)
		run(name, argument, NULL);
	else
		run_with(name, argument, NULL, false);
	getrusage(RUSAGE_CHILDREN, &after);
	return seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime);
}

/*
 * Its start, its samples, what it does at each event, and its report, while
 * rests.c takes a second. A machine's speed must not decide: so the measure is
 * the same program with a thread of its own that measures as often, and the
 * monitor may not make it half as dear again. What else the machine does is charged
 * to a run now and then, for some seconds on end, and never to its good: so
 * one cheap run shows what the monitor costs, and a dear one shows nothing.
 * On two emulated processors, which wait for each other, 20 runs had no cheap one.
 */
Test(monitor_alone, costs_little_more_than_to_measure, .timeout = 1800)
{
	enum { ENOUGH = 3, AT_MOST = 100 };
	double measuring = 1e9, with = 1e9;

	for (int i = 0; i < AT_MOST && (i < ENOUGH || 2 * with >= 3 * measuring); i++) {
		double used = cpu_of("rests", "measure", false);
		measuring = used < measuring ? used : measuring;
		used = cpu_of("rests", NULL, true);
		with = used < with ? used : with;
	}
	cr_expect_lt(2 * with, 3 * measuring, "%.1f ms, and %.1f ms by itself", 1000 * with, 1000 * measuring);
}

/* Each sample ends with a sleep of 10 ms, and the kernel counts those: on a slow machine they are fewer, never more. */
Test(monitor_alone, takes_a_hundred_samples_a_second_at_most)
{
	long sleeps, ms;

	run("rests", "tell", NULL);
	cr_assert_eq(sscanf(ran.output, "%ld sleeps in %ld ms", &sleeps, &ms), 2, "%s", ran.output);
	cr_expect_gt(sleeps, 0);
	/* Some are for the lock. */
	cr_expect_leq(sleeps, ms / 10 * 3 / 2 + 2, "%ld sleeps in %ld ms", sleeps, ms);
}

Test(monitor_alone, sleeps_in_other_programs)
{
	char *argv[] = {"true", NULL};

	run_command(argv, "/nowhere", NULL, true);
	cr_expect_eq(ran.status, 0);
	cr_expect_eq(ran.count, 0);
}

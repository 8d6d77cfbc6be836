/* The plain tests before all else, and what they say of the runs that follow. */
#include "judged.h"

static char order[64];
static unsigned tasks_repeat; /* under the sixth detector; 0: as the options say */

TestSuite(judging_first, .init = judging_make, .fini = judging_unmake, .timeout = 120);

static void note(size_t task, char what)
{
	size_t length = strlen(order);

	cr_assert_lt(length + 3, sizeof order);
	order[length] = task ? 's' : 't';
	order[length + 1] = what;
}

static void note_started(void *context, size_t task)
{
	(void)context;
	note(task, '+');
}

static void note_result(void *context, size_t task, const struct result *result)
{
	(void)context, (void)result;
	note(task, '.');
}

/* Of one program: under the plain tests, and under the sixth detector. A line in p/quiet.runs for each run. */
static void judge_both(struct seen *seen, const char *script)
{
	static const struct judging_events noting = {
		.started = note_started, .result = note_result, .finished = on_finished};
	struct tasks both = {0};
	char *whole = mem_format("#!/bin/sh\necho run >>%s/p/quiet.runs\n%s", scratch.root, script);

	scratch_file(&scratch, "p/quiet.c", whole);
	scratch_file(&scratch, "p/quiet.runs", "");
	free(whole);
	programs[1].role = ROLE_SOLUTION;
	tasks_add(&both, &programs[1], detector_named("test"));
	tasks_add(&both, &programs[1], detector_named("sixth"));
	both.items[1].repeat = tasks_repeat;
	*seen = (struct seen){.stop = NEVER};
	judging_join(seen->judging = judging_start(&scratch.workbook, &both, &options, &noting, seen));
	tasks_release(&both);
}

Test(judging_first, the_others_wait_for_the_plain_tests)
{
	struct seen seen;

	options.after_timeout_ms = 1000;
	options.repeat = 3;
	judge_both(&seen, "echo bye\n");
	cr_assert_eq((int)seen.how, (int)END_DONE, "%s", seen.error);
	cr_assert_str_eq(order, "t+t.s+s.");
	expect_runs("run\nrun\nrun\nrun\nrun\nrun\n");
	release(&seen);
}

Test(judging_first, what_computes_without_end_is_run_once_under_each_detector)
{
	struct seen seen;

	options.deadline_ms = 2000;
	options.after_timeout_ms = 1000;
	tasks_repeat = 3;
	judge_both(&seen, "while :; do :; done\n");
	cr_assert_eq((int)seen.how, (int)END_DONE, "%s", seen.error);
	cr_assert_str_eq(order, "t+t.s+s.");
	cr_assert_eq((int)seen.all.items[0].seen.ending, (int)ENDED_LATE);
	cr_assert_eq(seen.all.items[1].runs, 1);
	cr_assert(strstr(seen.all.items[1].seen.why, "after 1 s"), "%s", seen.all.items[1].seen.why);
	expect_runs("run\nrun\n");
	release(&seen);
}

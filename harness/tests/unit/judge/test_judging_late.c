/* The runs that follow when all agree, with threads that are late. */
#include "judged.h"

TestSuite(judging_late, .init = judging_make, .fini = judging_unmake, .timeout = 120);

static unsigned lates;

static void note_result(void *context, size_t task, const struct result *result)
{
	struct seen *seen = context;

	(void)result;
	strcat(seen->events[task], "r");
}

static void on_late(void *context)
{
	struct seen *seen = context;

	lates++;
	reach(seen, AT_LATE);
}

/* Of one program with a test. */
static void judge_one_late(struct seen *seen, enum phase stop)
{
	static const struct judging_events late = {.built = on_built,
						   .started = on_started,
						   .result = note_result,
						   .late = on_late,
						   .finished = on_finished};
	struct tasks one = {.items = &tasks.items[1], .count = 1};

	scratch_file(&scratch, "p/quiet.runs", "");
	programs[1].role = ROLE_SOLUTION;
	options.late_runs = 3;
	options.jobs = 1;
	lates = 0;
	*seen = (struct seen){.stop = stop};
	seen->judging = judging_start(&scratch.workbook, &one, &options, &late, seen);
	judging_join(seen->judging);
}

/* Of one whose script says on a line of p/quiet.runs which delays it was given. */
static void judge_late(struct seen *seen, enum phase stop, const char *script)
{
	char *whole = mem_format("#!/bin/sh\necho ${LOOSE_DELAYS:-none} >>%s/p/quiet.runs\n%secho bye\n", scratch.root,
				 script);

	scratch_file(&scratch, "p/quiet.c", whole);
	free(whole);
	judge_one_late(seen, stop);
}

Test(judging_late, runs_late_what_agrees)
{
	struct seen seen;

	judge_late(&seen, NEVER, "");
	cr_assert_eq((int)seen.how, (int)END_DONE, "%s", seen.error);
	cr_assert_eq(lates, 1);
	cr_assert_eq(seen.all.items[0].runs, 4);
	cr_assert(seen.all.items[0].verdict.agrees);
	cr_assert_str_eq(seen.events[0], "bsr", "what still agrees is no news");
	expect_runs("none\n1\n2\n3\n");
	release(&seen);
}

Test(judging_late, tells_what_disagrees_in_a_late_run)
{
	struct seen seen;

	judge_late(&seen, NEVER, "[ \"$LOOSE_DELAYS\" != 2 ] || echo 'main!'\n");
	cr_assert_eq((int)seen.how, (int)END_DONE, "%s", seen.error);
	cr_assert_eq(seen.all.items[0].runs, 4);
	cr_assert_eq(seen.all.items[0].fired, 1);
	cr_assert_not(seen.all.items[0].verdict.agrees);
	cr_assert_str_eq(seen.events[0], "bsrr");
	release(&seen);
	/* Neither that nor a result of late runs that agree is taken for one of other runs. */
	options.late_runs = 0;
	judge(&seen, NEVER);
	cr_assert_eq(seen.all.items[1].runs, 1);
	cr_assert(seen.all.items[1].verdict.agrees);
	release(&seen);
}

Test(judging_late, runs_nothing_late_where_something_disagrees)
{
	struct seen seen;

	judge_late(&seen, NEVER, "echo 'main!'\n");
	cr_assert_eq(lates, 0);
	cr_assert_eq(seen.all.items[0].runs, 1);
	expect_runs("none\n");
	release(&seen);
}

Test(judging_late, can_be_stopped_when_the_late_runs_begin)
{
	struct seen seen;

	judge_late(&seen, AT_LATE, "");
	cr_assert_eq((int)seen.how, (int)END_CANCELLED);
	cr_assert_eq(seen.all.count, 0);
	expect_runs("none\n");
	release(&seen);
}

/* A result that is known, of more runs than are asked for now: the late ones are what they are of any other. */
Test(judging_late, runs_late_what_was_recalled)
{
	struct seen seen;

	compile("p/quiet.c", 0);
	options.repeat = 5;
	judge_one_late(&seen, AT_LATE);
	expect_runs("none\nnone\nnone\nnone\nnone\n");
	release(&seen);
	options.repeat = 1;
	judge_one_late(&seen, NEVER);
	cr_assert_eq((int)seen.how, (int)END_DONE, "%s", seen.error);
	cr_assert(seen.all.items[0].cached);
	cr_assert_eq(seen.all.items[0].runs, 8);
	expect_runs("1\n2\n3\n");
	release(&seen);
}

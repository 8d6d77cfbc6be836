/*
 * Whole judgings, through a sixth detector that only the tests have: what is
 * told and in what order, stopped in every phase, and another one afterwards in
 * the same process.
 */
#include "judged.h"

TestSuite(judging, .init = judging_make, .fini = judging_unmake, .timeout = 120);

Test(judging, tells_what_is_built_started_and_judged)
{
	struct seen seen;

	judge(&seen, NEVER);
	expect_all(&seen);
	for (int i = 0; i < 3; i++)
		cr_assert_str_eq(seen.events[i], "bsr");
	cr_assert_str_eq(seen.events[3], "r");
	release(&seen);
}

Test(judging, explains_a_finding_of_the_sixth_detector)
{
	struct seen seen;
	struct text text;

	judge(&seen, NEVER);
	report_result(text_open(&text), (struct style){.width = 80}, scratch.root, &seen.all.items[0]);
	char *page = text_close(&text);
	cr_assert(strstr(page, "sixth: fires"), "%s", page);
	cr_assert(strstr(page, "Somebody shouts."), "%s", page);
	cr_assert(strstr(page, "who shouts, and at whom."), "%s", page);
	free(page);
	release(&seen);
}

/* The first sleeps, the others do not; and the one that was started last may end first. */
Test(judging, gives_results_in_the_order_of_the_tasks)
{
	struct seen seen;

	scratch_file(&scratch, "p/loud.c",
		     "#!/bin/sh\nwhile ! [ -e \"$0.go\" ]; do sleep 0.01; done\necho 'main: ho!'\necho bye\n");
	scratch_file(&scratch, "p/wrong.c", "#!/bin/sh\n>\"${0%/*}/loud.go\"\necho 'main!'\necho bye\n");
	options.jobs = 4;
	judge(&seen, NEVER);
	expect_all(&seen);
	release(&seen);
}

/* Programs run while others still compile: this make ends when the first one has. */
Test(judging, runs_what_is_built_while_the_rest_is_not)
{
	static const char wait[] = "case $target in *loud) while ! [ -e $target.ran ]; do sleep 0.01; done ;; esac";
	struct seen seen;
	const char *at = strstr(scratch_make, "\tcase $FAKE_MAKE");
	char *whole = mem_format("%.*s\t%s\n%s", (int)(at - scratch_make), scratch_make, wait, at);

	scratch_file(&scratch, "p/loud.c", "#!/bin/sh\n>\"$0.ran\"\necho 'main: ho!'\necho bye\n");
	scratch_file(&scratch, "bin/make", whole);
	judge(&seen, NEVER);
	expect_all(&seen);
	free(whole);
	release(&seen);
}

Test(judging, repeats_and_shows_the_run_that_does_not_agree)
{
	struct seen seen;

	scratch_file(&scratch, "p/quiet.c",
		     "#!/bin/sh\nif ! mkdir \"$0.seen\" 2>/dev/null; then echo 'main!'; fi\necho bye\n");
	options.repeat = 3;
	options.jobs = 1;
	judge(&seen, NEVER);
	cr_assert_eq(seen.all.items[1].runs, 3);
	cr_assert_eq(seen.all.items[1].fired, 2);
	cr_assert_not(seen.all.items[1].verdict.agrees);
	cr_assert_str_eq(seen.events[1], "bsr");
	release(&seen);
}

/* Each phase in turn, and after each a judging that goes to its end, in the same process. */
Test(judging, can_be_stopped_in_every_phase_and_another_begun)
{
	for (enum phase phase = AT_START; phase <= AT_LAST; phase++) {
		struct seen seen;

		judge(&seen, phase);
		cr_assert_eq((int)seen.how, (int)(phase == AT_LAST ? END_DONE : END_CANCELLED), "phase %d", (int)phase);
		cr_assert_eq(seen.all.count, seen.results, "phase %d", (int)phase);
		cr_assert_null(seen.error);
		release(&seen);
		judge(&seen, NEVER);
		expect_all(&seen);
		release(&seen);
	}
}

/* A build that would never end, and a run that would not. */
Test(judging, ends_what_is_under_way_when_it_is_stopped)
{
	struct seen seen;

	setenv("FAKE_MAKE", "hang", 1);
	judge(&seen, AT_BUILT);
	cr_assert_eq((int)seen.how, (int)END_CANCELLED);
	release(&seen);
	unsetenv("FAKE_MAKE");
	scratch_file(&scratch, "p/loud.c", "#!/bin/sh\nexec sleep 1000\n");
	judge(&seen, AT_STARTED);
	cr_assert_eq((int)seen.how, (int)END_CANCELLED);
	release(&seen);
}

static void interrupt(void *context, size_t task)
{
	struct seen *seen = context;

	(void)task;
	if (seen->started++ == 0)
		raise(SIGTERM);
}

Test(judging, ends_with_a_signal_to_the_harness_and_can_follow_it)
{
	static const struct judging_events interrupted = {.started = interrupt, .finished = on_finished};
	struct seen seen = {.ends = 0};

	scratch_file(&scratch, "p/loud.c", "#!/bin/sh\nexec sleep 1000\n");
	judging_join(judging_start(&scratch.workbook, &tasks, &options, &interrupted, &seen));
	cr_assert_eq((int)seen.how, (int)END_CANCELLED);
	cr_assert_eq(scratch.workbook.loop.interrupted, SIGTERM);
	release(&seen);
	loop_resume(&scratch.workbook.loop);
	scratch_file(&scratch, "p/loud.c", "#!/bin/sh\necho 'main: ho!'\necho bye\n");
	judge(&seen, NEVER);
	expect_all(&seen);
	release(&seen);
}

/* --- for the reader who waits at the terminal --- */

extern const struct detector detector_sixth;

/* Two of the programs, the first under a detector that counts as heavy; which of them began first. */
static size_t began[2], began_count;

static void note_start(void *context, size_t task)
{
	(void)context;
	began[began_count++] = task;
}

static void judge_heavy_and_light(long head_start_ms)
{
	static const struct judging_events noting = {.started = note_start, .finished = on_finished};
	struct detector heavy = detector_sixth;
	struct tasks both = {0};
	struct seen seen = {.ends = 0};

	heavy.heavy = true;
	tasks_add(&both, &programs[0], &heavy);
	tasks_add(&both, &programs[1], &detector_sixth);
	options.in_order = true;
	options.fresh = true;
	options.head_start_ms = head_start_ms;
	began_count = 0;
	judging_join(judging_start(&scratch.workbook, &both, &options, &noting, &seen));
	cr_assert_eq((int)seen.how, (int)END_DONE);
	cr_assert_eq(began_count, 2);
	release(&seen);
	tasks_release(&both);
}

/* The heavy one finds that the light one has ended. */
Test(judging, lets_what_is_light_end_before_the_heavy_begins)
{
	scratch_file(&scratch, "p/quiet.c", "#!/bin/sh\n>\"${0%/*}/light.ended\"\necho bye\n");
	scratch_file(&scratch, "p/loud.c", "#!/bin/sh\n[ -e \"${0%/*}/light.ended\" ] || sleep 1000\necho bye\n");
	judge_heavy_and_light(1000000);
	cr_expect_eq(began[0], 1);
	cr_expect_eq(began[1], 0);
}

/* The light one waits for the heavy one. */
Test(judging, lets_the_heavy_begin_when_the_head_start_is_over)
{
	scratch_file(&scratch, "p/loud.c", "#!/bin/sh\n>\"${0%/*}/heavy.began\"\necho bye\n");
	scratch_file(&scratch, "p/quiet.c",
		     "#!/bin/sh\nwhile ! [ -e \"${0%/*}/heavy.began\" ]; do sleep 0.01; done\necho bye\n");
	judge_heavy_and_light(1);
	cr_expect_eq(began[0], 1);
}

/* An object that is younger than its source, and was made of what stood there before. */
Test(judging, compiles_anew_what_may_have_changed_meanwhile)
{
	struct seen seen;
	char *object = mem_format("%s/build/plain/obj/p/loud.o", scratch.root);

	for (int anew = 0; anew < 2; anew++) {
		char *command = mem_format("mkdir -p '%s/build/plain/obj/p' && >'%s'", scratch.root, object);
		cr_assert_eq(system(command), 0);
		free(command);
		options.anew = anew;
		judge(&seen, NEVER);
		expect_all(&seen);
		release(&seen);
		cr_expect_eq(access(object, F_OK) == 0, !anew);
	}
	free(object);
}

/* --- what another command does meanwhile --- */

/* Another program takes the place of the one that was just started, as make puts it there. */
static void build_anew(void *context, size_t task)
{
	struct seen *seen = context;
	char *command = mem_format("cd '%s' && cp p/other build/plain/bin/p/new && mv build/plain/bin/p/new "
				   "build/plain/bin/p/quiet",
				   scratch.root);

	if (task == 1 && !seen->started++)
		cr_assert_eq(system(command), 0);
	free(command);
}

static const struct result *judge_quiet(const struct judging_events *what, struct seen *seen)
{
	*seen = (struct seen){.stop = NEVER, .expected = tasks.count};
	seen->judging = judging_start(&scratch.workbook, &tasks, &options, what, seen);
	judging_join(seen->judging);
	cr_assert_eq((int)seen->how, (int)END_DONE, "%s", seen->error);
	return &seen->all.items[1];
}

/* What was seen is of neither program, and is not remembered of one. */
Test(judging, of_a_program_that_is_built_anew_while_it_runs_is_an_error)
{
	static const struct judging_events rebuilding = {.started = build_anew, .finished = on_finished};
	static const struct judging_events calm = {.finished = on_finished};
	struct seen seen;

	compile("p/quiet.c", 0);
	compile("p/other", 1);
	const struct result *quiet = judge_quiet(&rebuilding, &seen);
	cr_assert_eq((int)quiet->verdict.observed, (int)OBSERVED_ERROR);
	cr_assert_eq((int)quiet->seen.fault, (int)FAULT_DETECTOR);
	cr_assert_str_eq(quiet->seen.why, "it was built anew while it ran; judge it again");
	release(&seen);
	for (int i = 0; i < 2; i++) {
		quiet = judge_quiet(&calm, &seen);
		cr_assert_eq((int)quiet->verdict.observed, (int)OBSERVED_SILENT, "%s", quiet->verdict.why);
		cr_assert_eq(quiet->cached, i == 1);
		release(&seen);
	}
}

Test(judging, of_nothing_ends_too)
{
	struct tasks none = {0};
	struct results results;
	char *error;

	cr_assert_eq(judge_all(&scratch.workbook, &none, &options, NULL, NULL, &results, &error), 0);
	cr_assert_eq(results.count, 0);
	results_release(&results);
}

/* Every flavour that a detector asks for is one that make knows, and it is said there alone. */
Test(judging, detectors_and_make_know_the_same_flavours)
{
	char *makefile = file_read("Makefile"), *list = strstr(makefile, "\nFLAVOURS := ");

	cr_assert(list);
	list += strlen("\nFLAVOURS :=");
	list[strcspn(list, "\n")] = '\0';
	char *words = mem_format("%s ", list);
	for (size_t i = 0; detectors[i]; i++) {
		char *word = mem_format(" %s ", detectors[i]->flavour);
		cr_assert(strstr(words, word), "%s", detectors[i]->name);
		free(word);
	}
	free(words);
	free(makefile);
}

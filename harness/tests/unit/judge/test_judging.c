/*
 * Whole judgings, through a sixth detector that only the tests have: what is
 * told and in what order, stopped in every phase, with each thing missing that
 * it needs, and another one afterwards in the same process.
 */
#include "../scratch_workbook.h"

#include <signal.h>

#include "base/files.h"
#include "base/text.h"
#include "judge/judging.h"
#include "report/report.h"
#include "verdict/detector.h"

enum { PROGRAMS = 4, MOST = 16 };

enum phase { NEVER, AT_START, AT_BUILT, AT_STARTED, AT_RESULT, AT_LAST, AT_LATE };

static struct scratch_workbook scratch;
static struct program programs[PROGRAMS];
static struct tasks tasks;
static struct judging_options options;

static void declare(struct program *program, const char *name, const char *line, const char *script)
{
	char *file = mem_format("p/%s.c", name), *text = mem_format("/*\n * Promise   nothing.\n * %s\n */\n", line),
	     *error;

	scratch_file(&scratch, file, script);
	*program = (struct program){.pitfall = "01-x/y", .name = (char *)name, .path = file, .role = ROLE_OTHER};
	cr_assert_eq((int)declaration_parse(file, text, &program->declaration, &error), (int)DECLARED, "%s", error);
	program->declared = true;
	free(text);
}

static void open_scratch(void)
{
	scratch_workbook_open(&scratch);
	declare(&programs[0], "loud", "sixth  fires Shout in main", "#!/bin/sh\necho 'main: ho!'\necho bye\n");
	declare(&programs[1], "quiet", "sixth  silent", "#!/bin/sh\necho bye\n");
	declare(&programs[2], "wrong", "sixth  silent", "#!/bin/sh\necho 'main!'\necho bye\n");
	declare(&programs[3], "bad", "sixth  silent", "oops\n");
	for (int i = 0; i < PROGRAMS; i++)
		tasks_add(&tasks, &programs[i], detector_named("sixth"));
	options = (struct judging_options){.repeat = 1, .deadline_ms = 30000};
}

static void close_scratch(void)
{
	cr_assert_eq(scratch_entries(&scratch, "build/run"), 0, "nothing is left of a run");
	for (int i = 0; i < PROGRAMS; i++) {
		declaration_release(&programs[i].declaration);
		free(programs[i].path);
	}
	tasks_release(&tasks);
	scratch_workbook_close(&scratch);
}

TestSuite(judging, .init = open_scratch, .fini = close_scratch, .timeout = 120);

/* A listener that stops the judging when it has come so far. */
struct seen {
	struct judging *judging;
	enum phase stop;
	size_t built, started, results, expected;
	int last; /* the letter of the last event of each kind: they come in this order for a task */
	char events[MOST][4];
	int ends;
	enum end how;
	struct results all;
	char *error;
};

static void reach(struct seen *seen, enum phase phase)
{
	cr_assert_eq(seen->ends, 0);
	if (seen->stop == phase) {
		judging_stop(seen->judging);
		judging_stop(seen->judging);
	}
}

static void on_built(void *context, size_t task)
{
	struct seen *seen = context;

	cr_assert_str_empty(seen->events[task]);
	strcat(seen->events[task], "b");
	seen->built++;
	reach(seen, AT_BUILT);
}

static void on_started(void *context, size_t task)
{
	struct seen *seen = context;

	cr_assert_str_eq(seen->events[task], "b");
	strcat(seen->events[task], "s");
	seen->started++;
	reach(seen, AT_STARTED);
}

static void on_result(void *context, size_t task, const struct result *result)
{
	struct seen *seen = context;

	cr_assert_eq(result->program, tasks.items[task].program);
	strcat(seen->events[task], "r");
	seen->results++;
	reach(seen, seen->results == seen->expected ? AT_LAST : AT_RESULT);
}

static void on_finished(void *context, struct judging_end *end)
{
	struct seen *seen = context;

	seen->ends++;
	seen->how = end->how;
	seen->all = end->results;
	seen->error = end->error ? mem_copy(end->error) : NULL;
}

static const struct judging_events events = {
	.built = on_built, .started = on_started, .result = on_result, .finished = on_finished};

static void judge(struct seen *seen, enum phase stop)
{
	*seen = (struct seen){.stop = stop, .expected = tasks.count};
	seen->judging = judging_start(&scratch.workbook, &tasks, &options, &events, seen);
	cr_assert_eq(seen->ends, 0, "no end comes from inside a start");
	reach(seen, AT_START);
	judging_join(seen->judging);
	cr_assert_eq(seen->ends, 1);
	cr_assert_null(scratch.workbook.loop.children);
}

static void release(struct seen *seen)
{
	results_release(&seen->all);
	free(seen->error);
}

/* All four programs, from the first event to the last; the sixth detector is judged as the five are. */
static void expect_all(struct seen *seen)
{
	const struct result *items = seen->all.items;

	cr_assert_eq((int)seen->how, (int)END_DONE, "%s", seen->error);
	cr_assert_eq(seen->all.count, PROGRAMS);
	for (int i = 0; i < PROGRAMS; i++)
		cr_assert_eq(items[i].program, &programs[i], "results are in the order of the tasks");
	cr_assert_eq((int)items[0].verdict.observed, (int)OBSERVED_FIRES);
	cr_assert(items[0].verdict.agrees);
	cr_assert_eq((int)items[1].verdict.observed, (int)OBSERVED_SILENT);
	cr_assert(items[1].verdict.agrees);
	cr_assert_eq((int)items[2].verdict.observed, (int)OBSERVED_FIRES);
	cr_assert_not(items[2].verdict.agrees);
	cr_assert(items[3].bad_input);
	cr_assert(strstr(items[3].seen.why, "error: oops"), "%s", items[3].seen.why);
}

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

/* --- late runs --- */

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

static void expect_runs(const char *expected)
{
	char *path = mem_format("%s/p/quiet.runs", scratch.root), *runs = file_read(path);

	cr_assert_str_eq(runs, expected);
	free(runs);
	free(path);
}

Test(judging, runs_late_what_agrees)
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

Test(judging, tells_what_disagrees_in_a_late_run)
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

Test(judging, runs_nothing_late_where_something_disagrees)
{
	struct seen seen;

	judge_late(&seen, NEVER, "echo 'main!'\n");
	cr_assert_eq(lates, 0);
	cr_assert_eq(seen.all.items[0].runs, 1);
	expect_runs("none\n");
	release(&seen);
}

Test(judging, can_be_stopped_when_the_late_runs_begin)
{
	struct seen seen;

	judge_late(&seen, AT_LATE, "");
	cr_assert_eq((int)seen.how, (int)END_CANCELLED);
	cr_assert_eq(seen.all.count, 0);
	expect_runs("none\n");
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
	static const struct judging_events events = {.started = note_start, .finished = on_finished};
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
	judging_join(judging_start(&scratch.workbook, &both, &options, &events, &seen));
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

/* A program with a build id, which says in p/quiet.runs which delays it was given, and then goodbye. */
static void compile(const char *file, int status)
{
	char *source = mem_format(
		"#include <stdio.h>\n#include <stdlib.h>\nint main(void)\n{\n"
		"FILE *runs = fopen(\"%s/p/quiet.runs\", \"a\");\n"
		"fprintf(runs, \"%%s\\n\", getenv(\"LOOSE_DELAYS\") ? getenv(\"LOOSE_DELAYS\") : \"none\");\n"
		"puts(\"bye\");\nreturn %d;\n}\n",
		scratch.root, status);
	char *command = mem_format("cd '%s' && clang -x c -Wl,--build-id=sha1 -o '%s' p/source", scratch.root, file);

	scratch_file(&scratch, "p/source", source);
	cr_assert_eq(system(command), 0);
	free(command);
	free(source);
}

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

/* A result that is known, of more runs than are asked for now: the late ones are what they are of any other. */
Test(judging, runs_late_what_was_recalled)
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

/* --- what is missing --- */

static void expect_error(const char *words)
{
	struct seen seen;

	judge(&seen, NEVER);
	cr_assert_eq((int)seen.how, (int)END_NOT_STARTED);
	cr_assert(seen.error && strstr(seen.error, words), "%s", seen.error);
	cr_assert_null(strchr(seen.error, '\n'));
	release(&seen);
}

static void take_away(const char *part)
{
	char *path = mem_format("%s/build/%s", scratch.root, part);

	cr_assert_eq(unlink(path), 0);
	free(path);
}

Test(judging, cannot_go_on_without_a_part_of_the_harness)
{
	take_away("monitor.so");
	expect_error("/build/monitor.so' is missing; start ./loose, which builds it");
	take_away("supervisor");
	expect_error("/build/supervisor' is missing; start ./loose");
}

/* The tests of exercises would run by Criterion itself. */
Test(judging, cannot_go_on_without_the_runner_of_tests)
{
	programs[1].role = ROLE_STARTER;
	take_away("runner");
	expect_error("/build/runner/runner.so' is missing; start ./loose");
	scratch_directory(&scratch, "build/runner");
	scratch_file(&scratch, "build/runner/runner.so", "");
	expect_error("/build/runner/libcriterion*' is missing; start ./loose");
}

/* So many that each end would start the next: one line, and soon. */
Test(judging, cannot_go_on_with_a_supervisor_that_does_not_start)
{
	take_away("supervisor");
	scratch_file(&scratch, "build/supervisor", "#!/no/such/interpreter\n");
	expect_error("cannot start '");
	options.repeat = 10000;
	expect_error("cannot start '");
}

Test(judging, cannot_go_on_without_a_directory_for_runs)
{
	struct seen seen;
	char *path = mem_format("%s/build/run", scratch.root);

	scratch_file(&scratch, "build/run", "not a directory");
	options.repeat = 10000;
	expect_error("cannot make '");
	unlink(path);
	free(path);
	options.repeat = 1;
	judge(&seen, NEVER);
	expect_all(&seen);
	release(&seen);
}

Test(judging, cannot_go_on_when_make_is_killed)
{
	setenv("FAKE_MAKE", "die", 1);
	expect_error("make was killed by signal 9");
}

Test(judging, cannot_begin_without_its_cache)
{
	char *path = mem_format("%s/build/cache", scratch.root);

	cr_assert_eq(mkdir(path, 0777), 0);
	free(path);
	expect_error("build/cache'");
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

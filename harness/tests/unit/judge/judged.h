/*
 * Judgings of four small programs in a scratch workbook, through a sixth detector, and
 * a listener that notes what is told, and stops a judging when it has come so far.
 */
#ifndef LOOSE_TESTS_JUDGED_H
#define LOOSE_TESTS_JUDGED_H

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

static inline void declare(struct program *program, const char *name, const char *line, const char *script)
{
	char *file = mem_format("p/%s.c", name), *text = mem_format("/*\n * Promise   nothing.\n * %s\n */\n", line),
	     *error;

	scratch_file(&scratch, file, script);
	*program = (struct program){.pitfall = "01-x/y", .name = (char *)name, .path = file, .role = ROLE_OTHER};
	cr_assert_eq((int)declaration_parse(file, text, &program->declaration, &error), (int)DECLARED, "%s", error);
	program->declared = true;
	free(text);
}

static inline void judging_make(void)
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

static inline void judging_unmake(void)
{
	cr_assert_eq(scratch_entries(&scratch, "build/run"), 0, "nothing is left of a run");
	for (int i = 0; i < PROGRAMS; i++) {
		declaration_release(&programs[i].declaration);
		free(programs[i].path);
	}
	tasks_release(&tasks);
	scratch_workbook_close(&scratch);
}

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

static inline void reach(struct seen *seen, enum phase phase)
{
	cr_assert_eq(seen->ends, 0);
	if (seen->stop == phase) {
		judging_stop(seen->judging);
		judging_stop(seen->judging);
	}
}

static inline void on_built(void *context, size_t task)
{
	struct seen *seen = context;

	cr_assert_str_empty(seen->events[task]);
	strcat(seen->events[task], "b");
	seen->built++;
	reach(seen, AT_BUILT);
}

static inline void on_started(void *context, size_t task)
{
	struct seen *seen = context;

	cr_assert_str_eq(seen->events[task], "b");
	strcat(seen->events[task], "s");
	seen->started++;
	reach(seen, AT_STARTED);
}

static inline void on_result(void *context, size_t task, const struct result *result)
{
	struct seen *seen = context;

	cr_assert_eq(result->program, tasks.items[task].program);
	strcat(seen->events[task], "r");
	seen->results++;
	reach(seen, seen->results == seen->expected ? AT_LAST : AT_RESULT);
}

static inline void on_finished(void *context, struct judging_end *end)
{
	struct seen *seen = context;

	seen->ends++;
	seen->how = end->how;
	seen->all = end->results;
	seen->error = end->error ? mem_copy(end->error) : NULL;
}

static const struct judging_events events = {
	.built = on_built, .started = on_started, .result = on_result, .finished = on_finished};

static inline void judge(struct seen *seen, enum phase stop)
{
	*seen = (struct seen){.stop = stop, .expected = tasks.count};
	seen->judging = judging_start(&scratch.workbook, &tasks, &options, &events, seen);
	cr_assert_eq(seen->ends, 0, "no end comes from inside a start");
	reach(seen, AT_START);
	judging_join(seen->judging);
	cr_assert_eq(seen->ends, 1);
	cr_assert_null(scratch.workbook.loop.children);
}

static inline void release(struct seen *seen)
{
	results_release(&seen->all);
	free(seen->error);
}

/* All four programs, from the first event to the last; the sixth detector is judged as the five are. */
static inline void expect_all(struct seen *seen)
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

/* A program with a build id, which says in p/quiet.runs which delays it was given, and then goodbye. */
static inline void compile(const char *file, int status)
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

/* The lines that runs have written to p/quiet.runs. */
static inline void expect_runs(const char *expected)
{
	char *path = mem_format("%s/p/quiet.runs", scratch.root), *runs = file_read(path);

	cr_assert_str_eq(runs, expected);
	free(runs);
	free(path);
}

#endif

/*
 * gdb, in the test that fails: the exercise's tests are run plain to know which, and gdb is started on that one alone,
 * where it stops at the first assertion that does not hold, or the signal that ends it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "command.h"
#include "exec/build.h"
#include "exercise.h"
#include "judge/submission.h"
#include "reader/copy.h"
#include "verdict/detector.h"

struct debug {
	struct workbook workbook;
	struct reader reader;
	struct submission submission;
	struct tasks tasks; /* the plain tests */
	char *path;	    /* of the reader's file */
};

/* 0 with the result of the plain tests, which may be of a program that does not compile; else a status after a line. */
static int run_tests(struct debug *debug, struct results *results)
{
	const struct judging_options options = {.repeat = 1, .fresh = true, .keep_output = true};
	char *error;

	tasks_add(&debug->tasks, &debug->submission.program, detector_of_tests());
	judge_all(&debug->workbook, &debug->tasks, &options, NULL, NULL, results, &error);
	int status = error && !debug->workbook.loop.interrupted ? cannot_judge("%s", error) : 0;
	free(error);
	if (debug->workbook.loop.interrupted)
		status = 128 + debug->workbook.loop.interrupted;
	if (status == 0 && results->count && results->items[0].bad_input) {
		const char *words = strchr(results->items[0].seen.why, '\n');
		fputs(words ? words + 1 : "", stderr);
		status = bad_input("%s does not compile; fix what the compiler says above", debug->path);
	}
	return status;
}

/* The test to open, for the caller to free: the named one, or the first that fails. NULL after a line. */
static char *choose_test(const struct debug *debug, const struct results *results, const char *named)
{
	const struct result *result = results->count ? &results->items[0] : NULL;
	const char *failed = result ? result->seen.failed : NULL;

	if (named)
		return mem_copy(named);
	if (failed)
		return mem_copy_n(failed, strcspn(failed, ","));
	bad_input("no test of %s fails; name one, or see what the detectors say: ./loose check %s",
		  debug->submission.program.pitfall, debug->submission.program.pitfall);
	return NULL;
}

/*
 * Becomes gdb. The runner that starts a test as a fork of one image stands in Criterion's place, and runs the one test: gdb
 * follows it there. What stops a test are the runner's calls after an assertion, and abort(). Returns only when it failed.
 */
static int become_gdb(const struct debug *debug, const char *test)
{
	const char *root = debug->workbook.loop.root;
	char *program = build_target("plain", debug->path), *path = mem_format("%s/%s", root, program);
	char *library = mem_format("set environment LD_LIBRARY_PATH %s/build/runner", root);
	char *only = mem_format("--only=%s", test), *sources = mem_format("directory %s", root);
	char *script = mem_format("%s/harness/commands/debug.gdb", root);
	char *argv[] = {"gdb", "-q", "-ex", sources, "-ex", library, "-x", script, "--args", path, only, NULL};

	printf("Opening gdb in the test %s of %s. Type 'bt' for where it is, 'info threads' for the threads, 'quit' to leave.\n",
	       test, debug->path);
	fflush(stdout);
	execvp(argv[0], argv);
	int status = errno == ENOENT ? cannot_judge("gdb is not installed; fix: apt-get install gdb")
				     : cannot_judge("gdb does not start: %s", strerror(errno));
	free(script);
	free(program);
	free(path);
	free(library);
	free(only);
	free(sources);
	return status;
}

static int debug_exercise(struct debug *debug, const struct program *starter, const char *named)
{
	struct results results = {0};

	debug->path = copy_path(starter);
	submission_init(&debug->submission, &debug->workbook.catalogue, starter->pitfall, debug->path);
	int status = run_tests(debug, &results);
	char *test = status == 0 ? choose_test(debug, &results, named) : NULL;
	if (status == 0)
		status = test ? become_gdb(debug, test) : STATUS_BAD_INPUT;
	free(test);
	results_release(&results);
	tasks_release(&debug->tasks);
	submission_release(&debug->submission);
	free(debug->path);
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	struct debug debug = {0};
	struct operands operands;

	if (options_parse(&command_debug, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	int status = open_workbook(&debug.workbook, root);
	if (status)
		return status;
	memory_open(&debug.reader, root);
	const struct program *starter =
		exercise_find(&debug.workbook.catalogue, &debug.reader, operands.count ? operands.items[0] : NULL);
	status = starter ? exercise_open(&debug.workbook.catalogue, &debug.reader, starter) : STATUS_BAD_INPUT;
	memory_close(&debug.reader);
	if (status == 0)
		status = debug_exercise(&debug, starter, operands.count > 1 ? operands.items[1] : NULL);
	workbook_close(&debug.workbook);
	return status;
}

static const struct option_spec options[] = {{0}};

const struct command_entry command_debug = {
	.name = "debug",
	.arguments = "[EXERCISE [TEST]]",
	.summary = "open gdb in the test that fails",
	.about =
		"Runs the exercise's tests on your copy, as './loose check' does, and opens gdb in the first that fails, or in "
		"TEST: it stops at the assertion that does not hold, or at the signal that ends it. A test that hangs goes on until "
		"you type Ctrl-C. Without EXERCISE the one in hand is meant.",
	.options = options,
	.operands = {OPERAND_PITFALL},
	.most = 2,
	.run = run,
};

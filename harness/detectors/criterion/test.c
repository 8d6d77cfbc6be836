/*
 * The pseudo-detector `test`: a plain run of a Criterion program, that finds
 * nothing but failed tests. And what such runs under the other detectors have
 * in common with it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "criterion_tap.h"
#include "tests.h"

void command_test_arguments(struct command *command)
{
	/* One after the other: tests that race for the processor fail by luck. */
	command_argument(command, "-j1");
}

/* The program asks for a library of Criterion's name; that it is found by a variable needs no second program. */
void tests_prepare_with(const struct run *run, struct command *command, const char *directory)
{
	const char *own = getenv("LD_LIBRARY_PATH");
	struct text paths;

	if (!run->tests && !directory)
		return;
	FILE *out = text_open(&paths);
	if (run->tests)
		fprintf(out, ":%s/build/runner", run->root);
	if (directory)
		fprintf(out, ":%s", directory);
	if (own && *own)
		fprintf(out, ":%s", own);
	char *all = text_close(&paths);
	command_environment(command, "LD_LIBRARY_PATH=%s", all + 1);
	free(all);
}

void tests_prepare(const struct run *run, struct command *command)
{
	tests_prepare_with(run, command, NULL);
}

static char *joined(char *const *names, size_t count)
{
	char *text = count ? mem_copy(names[0]) : NULL;

	for (size_t i = 1; i < count; i++) {
		char *longer = mem_format("%s, %s", text, names[i]);
		free(text);
		text = longer;
	}
	return text;
}

void tests_collect(const struct run *run, struct observation *seen)
{
	struct test_results results;

	if (!run->tests)
		return;
	if (!run->results) {
		observation_fail(seen, FAULT_PROGRAM, "its tests left no results");
		return;
	}
	test_results_read(run->results->bytes, run->results->length, &results);
	seen->tests = results.ran;
	seen->timed_out = results.timed_out;
	free(seen->failed);
	seen->failed = joined(results.failed, results.failed_count);
	free(seen->said);
	seen->said = results.said;
	results.said = NULL;
	if (!results.complete)
		observation_fail(seen, FAULT_PROGRAM, "the results of its tests are cut short");
	/* The supervisor ends those that hang in the same way. */
	else if (results.killed && !seen->hung)
		observation_fail(seen, FAULT_PROGRAM,
				 "one of its tests was killed by SIGKILL, which says nothing of what it tests");
	else if (results.ran == 0)
		observation_fail(seen, FAULT_PROGRAM, "none of its tests ran");
	test_results_release(&results);
}

static void prepare(const struct run *run, struct command *command)
{
	(void)run, (void)command;
}

static const struct kind no_kinds[] = {{NULL, NULL, NULL, NULL}};

const struct detector detector_test = {
	.name = "test",
	.flavour = "plain",
	.kinds = no_kinds,
	.tests = true,
	.prepare = prepare,
	.collect = tests_collect,
};

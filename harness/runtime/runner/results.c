/* What became of the tests, in Criterion's words. See runner.h. */
#include "runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The failure that comes after this one; NULL: there is none that is whole. */
static const struct failure *next_failure(const struct told *of, const struct failure *last)
{
	const char *at = last ? (const char *)last + last->size : of->text;
	size_t offset = (size_t)(at - of->text);

	if (offset + sizeof *last > of->used || offset + sizeof *last > sizeof of->text)
		return NULL;
	const struct failure *next = (const void *)at;
	return next->size ? next : NULL;
}

void results_print(const struct outcome *outcome)
{
	static const char *const words[] = {[CRASHED] = "crashed", [TIMED_OUT] = "timed out"};
	const struct failure *failure = NULL;

	while ((failure = next_failure(outcome->told, failure)))
		fprintf(stderr, "%s:%u: %s\n", failure->text, failure->line, failure->text + failure->message);
	if (outcome->how == CRASHED || outcome->how == TIMED_OUT)
		fprintf(stderr, "%s::%s %s\n", outcome->test->category, outcome->test->name, words[outcome->how]);
}

/* Empty lines of a message are left out; of one that has no other, so is the message. */
static void write_message(FILE *file, const char *message)
{
	char *copy = strdup(message), *rest = NULL;
	const char *line = copy ? strtok_r(copy, "\n", &rest) : NULL;

	fprintf(file, "      Assertion failed: %s\n", line ? line : "(null)");
	while (copy && (line = strtok_r(NULL, "\n", &rest)))
		fprintf(file, "      %s\n", line);
	free(copy);
}

/* The last one comes first. */
static void write_failures(FILE *file, const struct told *of, const struct failure *last)
{
	const struct failure *failure = next_failure(of, last);

	if (!failure)
		return;
	write_failures(file, of, failure);
	fprintf(file, "  - %s:%u: |+\n", failure->text, failure->line);
	write_message(file, failure->text + failure->message);
}

static void write_crash(FILE *file, const struct outcome *outcome)
{
	const char *at = outcome->test->data->file_;
	unsigned line = outcome->test->data->line_;
	const struct failure *failure = NULL;

	while ((failure = next_failure(outcome->told, failure))) {
		at = failure->text;
		line = failure->line;
	}
	fprintf(file, "not ok - %s::%s unexpected signal after %s:%u\n", outcome->test->category, outcome->test->name,
		at, line);
}

static void write_outcome(FILE *file, const struct outcome *outcome)
{
	const struct criterion_test *test = outcome->test;
	const char *description = test->data->description ? test->data->description : "";
	const struct told *of = outcome->told;

	if (outcome->process)
		fprintf(file, "# in process %ld\n", (long)outcome->process);
	switch (outcome->how) {
	case SKIPPED:
		fprintf(file, "ok - %s::%s %s # SKIP %s\n", test->category, test->name, description,
			of && *of->why ? of->why : "test was skipped");
		return;
	case CRASHED:
		write_crash(file, outcome);
		return;
	case TIMED_OUT:
		fprintf(file, "not ok - %s::%s timed out (%3.2fs)\n", test->category, test->name, outcome->seconds);
		return;
	default:
		fprintf(file, "%s - %s::%s %s (%3.2fs)\n", outcome->how == FAILED ? "not ok" : "ok", test->category,
			test->name, description, outcome->seconds);
	}
	if (outcome->how != FAILED)
		return;
	fprintf(file, "  ---\n  assertions: %zu\n  failures:\n", of->passed + of->failed);
	write_failures(file, of, NULL);
	fprintf(file, "  ...\n");
}

/* What came last comes first, suites and tests. */
void results_write(FILE *file, const struct suite *suites, size_t count)
{
	size_t tests = 0;

	for (size_t i = 0; i < count; i++)
		tests += suites[i].outcome_count;
	fprintf(file, "TAP version 13\n1..%zu\n# Criterion's order, by the runner of tests under detectors\n", tests);
	for (size_t i = count; i--;) {
		if (!suites[i].test_count)
			continue;
		fprintf(file, "#\n# Running %zu tests from %s\n", suites[i].outcome_count, suites[i].suite.name);
		for (size_t j = suites[i].outcome_count; j--;)
			write_outcome(file, &suites[i].outcomes[j]);
	}
}

/*
 * Results made by hand, for the tests of what is printed: no detector runs.
 * Everything that a struct made_results hands out lives until it is released.
 */
#ifndef LOOSE_TESTS_MADE_RESULTS_H
#define LOOSE_TESTS_MADE_RESULTS_H

#include <stdlib.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "verdict/detector.h"
#include "verdict/result.h"
#include "workbook/catalogue.h"

enum { MADE = 32 };

struct made_results {
	struct program programs[MADE];
	struct expectation expectations[MADE];
	struct result items[MADE];
	size_t program_count;
	struct results results;
};

/* `path` is also where "02-x/y" and the role come from, as in the catalogue. */
static inline struct program *made_program(struct made_results *made, const char *pitfall, const char *name,
					   enum role role, const char *path)
{
	struct program *program = &made->programs[made->program_count++];

	*program = (struct program){
		.pitfall = mem_copy(pitfall), .name = mem_copy(name), .path = mem_copy(path), .role = role};
	program->declared = true;
	program->source = mem_copy("");
	return program;
}

/* A result that declares nothing yet. */
static inline struct result *made_seen(struct made_results *made, const struct program *program, const char *detector,
				       enum observed observed)
{
	struct result *result = &made->items[made->results.count++];

	made->results.items = made->items;
	*result = (struct result){.program = program, .detector = detector_named(detector), .runs = 1};
	cr_assert_not_null(result->detector);
	result->verdict = (struct verdict){.observed = observed, .agrees = observed != OBSERVED_ERROR};
	result->fired = observed == OBSERVED_FIRES || observed == OBSERVED_FAILS;
	return result;
}

/* A result with a declaration; `why` is NULL when it agrees. */
static inline struct result *made_result(struct made_results *made, const struct program *program, const char *detector,
					 enum word word, enum observed observed, const char *why)
{
	struct result *result = made_seen(made, program, detector, observed);
	struct expectation *expected = &made->expectations[result - made->items];

	*expected = (struct expectation){.detector = result->detector, .word = word};
	result->expected = expected;
	result->verdict.agrees = !why;
	result->verdict.why = why ? mem_copy(why) : NULL;
	return result;
}

/* A finding with one stack, `caller` (may be NULL) around `function`, both own, in `file` at `line` and line + 10. */
static inline struct finding *made_finding(struct result *result, const char *kind, const char *words, const char *role,
					   const char *function, const char *caller, const char *file, int line)
{
	struct finding *finding = findings_add(&result->seen.findings, kind);
	struct stack *stack = finding_add_stack(finding, role);

	free(finding->words);
	finding->words = mem_copy(words);
	stack_add_frame(stack, function, file, line, true);
	if (caller)
		stack_add_frame(stack, caller, file, line + 10, true);
	finding_place(finding);
	return finding;
}

static inline void made_release(struct made_results *made)
{
	for (size_t i = 0; i < made->results.count; i++) {
		observation_release(&made->items[i].seen);
		verdict_release(&made->items[i].verdict);
	}
	for (size_t i = 0; i < made->program_count; i++) {
		free(made->programs[i].pitfall);
		free(made->programs[i].name);
		free(made->programs[i].path);
		free(made->programs[i].source);
	}
}

#endif

#include "verdict.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detector.h"

static const char *const names[] = {"silent", "fires", "passes", "fails", "cut", "error"};

const char *observed_name(enum observed observed)
{
	return names[observed];
}

static bool place_matches(const struct place *place, const struct finding *finding)
{
	return strcmp(place->kind, finding->kind) == 0 && strcmp(place->function, finding->function) == 0;
}

/* Why the run says nothing of its detector; NULL when it does. */
static char *why_unjudgeable(const struct declaration *d, const struct observation *seen)
{
	if (seen->fault != FAULT_NONE)
		return mem_copy(seen->why ? seen->why : "the run cannot be judged");
	if (!d || !d->ends)
		return NULL;
	if (!seen->last_line || strcmp(seen->last_line, d->last_line) != 0)
		return mem_format("it ended with '%s'; it declares '%s'", seen->last_line ? seen->last_line : "",
				  d->last_line);
	if (seen->status != (d->holds ? 0 : 1))
		return mem_format("it ended with status %d; an invariant that %s ends with %d", seen->status,
				  d->holds ? "holds" : "is broken", d->holds ? 0 : 1);
	return NULL;
}

/*
 * Of a program that nobody promised an end of, what was seen until it ended badly counts; of a submission, what was seen
 * until its tests did.
 */
static bool counts_until_its_end(const struct declaration *d, const struct observation *seen)
{
	if (seen->fault == FAULT_PROGRAM && d && d->submission && seen->failed)
		return true;
	return seen->fault == FAULT_PROGRAM && seen->ending != ENDED_BY_ITSELF && (!d || d->submission);
}

/* The first report that is not declared, or the first declared one that did not come; NULL when they are the same. */
static char *why_places_differ(const struct expectation *expected, const struct findings *seen)
{
	for (size_t i = 0; i < seen->count; i++) {
		bool declared = false;
		for (size_t j = 0; j < expected->place_count; j++)
			declared = declared || place_matches(&expected->places[j], &seen->items[i]);
		if (!declared)
			return mem_format("it reports %s in %s, which is not declared", seen->items[i].kind,
					  seen->items[i].function);
	}
	for (size_t j = 0; j < expected->place_count; j++) {
		bool came = false;
		for (size_t i = 0; i < seen->count; i++)
			came = came || place_matches(&expected->places[j], &seen->items[i]);
		if (!came)
			return mem_format("it does not report %s in %s, as declared", expected->places[j].kind,
					  expected->places[j].function);
	}
	return NULL;
}

static char *why_tests_differ(const struct expectation *expected, const struct observation *seen)
{
	if (expected->word == WORD_PASSES)
		return seen->failed ? mem_format("these tests fail: %s", seen->failed) : NULL;
	if (!seen->failed)
		return mem_format("all tests pass; it declares that these fail: %s", expected->tests);
	if (strcmp(seen->failed, expected->tests) != 0)
		return mem_format("these tests fail: %s; it declares: %s", seen->failed, expected->tests);
	return NULL;
}

static char *why_different(const struct expectation *expected, const struct observation *seen)
{
	switch (expected->word) {
	case WORD_FIRES:
	case WORD_FALSE_ALARM:
		return why_places_differ(expected, &seen->findings);
	case WORD_BLIND:
	case WORD_SILENT:
		if (seen->findings.count == 0)
			return NULL;
		return mem_format("it reports %s in %s", seen->findings.items[0].kind,
				  seen->findings.items[0].function);
	default:
		return why_tests_differ(expected, seen);
	}
}

/* A right program's tests must also pass while a detector looks on. */
static char *why_tests_broke(const struct declaration *d, const struct observation *seen)
{
	const struct expectation *test = d ? declaration_of(d, detector_of_tests()) : NULL;

	if (!test || test->word != WORD_PASSES || !seen->failed)
		return NULL;
	return mem_format("under this detector these tests fail: %s", seen->failed);
}

struct verdict verdict_of(const struct declaration *declaration, const struct expectation *expected,
			  const struct detector *detector, const struct observation *seen)
{
	struct verdict verdict = {.observed = OBSERVED_ERROR};
	bool test = detector->tests;

	verdict.why = why_unjudgeable(declaration, seen);
	if (verdict.why && counts_until_its_end(declaration, seen)) {
		verdict.observed = test && seen->failed	  ? OBSERVED_FAILS
				   : seen->findings.count ? OBSERVED_FIRES
							  : OBSERVED_CUT;
		return verdict;
	}
	if (!verdict.why && !test) {
		verdict.why = why_tests_broke(declaration, seen);
		/* What was seen until then is a reader's to know. */
		if (verdict.why && declaration->submission)
			verdict.observed = seen->findings.count ? OBSERVED_FIRES : OBSERVED_CUT;
	}
	if (verdict.why)
		return verdict;
	if (test)
		verdict.observed = seen->failed ? OBSERVED_FAILS : OBSERVED_PASSES;
	else
		verdict.observed = seen->findings.count ? OBSERVED_FIRES : OBSERVED_SILENT;
	if (expected)
		verdict.why = why_different(expected, seen);
	/* What says itself that it failed has not shown all that it does. */
	else if (!declaration && seen->status != 0)
		verdict.why = mem_format("it ended with status %d", seen->status);
	verdict.agrees = !verdict.why;
	return verdict;
}

void verdict_release(struct verdict *verdict)
{
	free(verdict->why);
	*verdict = (struct verdict){.observed = OBSERVED_ERROR};
}

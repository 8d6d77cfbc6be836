/* Declared against observed: every pair of words, and every way in which a run says nothing. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"
#include "verdict/verdict.h"

static struct declaration declared;

/* A header of one line, for a program that ends as it should. */
static void declare(const char *line)
{
	char *text = mem_format("/*\n * Promise x.\n * Ends holds: done\n * %s\n */\n", line), *error;

	declaration_release(&declared);
	cr_assert_eq(declaration_parse("x.c", text, &declared, &error), DECLARED, "%s", line);
	free(text);
}

static struct observation ended_well(void)
{
	return (struct observation){.last_line = mem_copy("done")};
}

static void add(struct observation *seen, const char *kind, const char *function)
{
	struct finding *finding = findings_add(&seen->findings, kind);

	stack_add_frame(finding_add_stack(finding, "Write"), function, "/w/x.c", 3, true);
	finding_place(finding);
}

static void expect(struct observation *seen, enum observed observed, bool agrees)
{
	const struct expectation *expected = declared.count ? &declared.items[0] : NULL;
	const struct detector *detector = expected ? expected->detector : detector_named("tsan");
	struct verdict verdict = verdict_of(&declared, expected, detector, seen);

	cr_assert_eq(verdict.observed, observed, "%s", verdict.why);
	cr_assert_eq(verdict.agrees, agrees, "%s", verdict.why);
	cr_assert_eq(verdict.why == NULL, agrees);
	verdict_release(&verdict);
	observation_release(seen);
}

Test(verdict, silence)
{
	struct observation seen = ended_well();

	declare("tsan silent");
	expect(&seen, OBSERVED_SILENT, true);
	declare("tsan blind it cannot");
	seen = ended_well();
	expect(&seen, OBSERVED_SILENT, true);
	declare("tsan fires data-race in f");
	seen = ended_well();
	expect(&seen, OBSERVED_SILENT, false);
}

Test(verdict, a_report)
{
	static const struct {
		const char *line;
		bool agrees;
	} cases[] = {
		{"tsan fires data-race in f", true},
		{"tsan false-alarm data-race in f because of x", true},
		{"tsan fires data-race in g", false},
		{"tsan fires thread-leak in f", false},
		{"tsan fires data-race in f, thread-leak in main", false},
		{"tsan silent", false},
		{"tsan blind it cannot", false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct observation seen = ended_well();
		declare(cases[i].line);
		add(&seen, "data-race", "f");
		expect(&seen, OBSERVED_FIRES, cases[i].agrees);
	}
}

Test(verdict, one_report_more_than_declared)
{
	struct observation seen = ended_well();

	declare("tsan fires data-race in f");
	add(&seen, "data-race", "f");
	add(&seen, "data-race", "g");
	expect(&seen, OBSERVED_FIRES, false);
}

/* A fault is never silence, and never the declared report. */
Test(verdict, faults)
{
	static const char *const lines[] = {
		"tsan silent", "tsan blind x", "tsan fires data-race in f", "tsan false-alarm data-race in f because x",
		"test passes", "test fails a"};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		for (int fault = FAULT_PROGRAM; fault <= FAULT_DETECTOR; fault++) {
			struct observation seen = ended_well();
			declare(lines[i]);
			add(&seen, "data-race", "f");
			observation_fail(&seen, (enum fault)fault, "it did not end");
			expect(&seen, OBSERVED_ERROR, false);
		}
}

Test(verdict, another_end_than_declared)
{
	struct observation seen = {.last_line = mem_copy("done, nearly")};

	declare("tsan silent");
	expect(&seen, OBSERVED_ERROR, false);
	seen = (struct observation){.last_line = NULL};
	expect(&seen, OBSERVED_ERROR, false);
	for (int status = 1; status < 256; status++) {
		seen = ended_well();
		seen.status = status;
		expect(&seen, OBSERVED_ERROR, false);
	}
}

Test(verdict, tests_that_fail)
{
	struct observation seen = ended_well();

	declare("test passes");
	expect(&seen, OBSERVED_PASSES, true);
	seen = ended_well();
	seen.failed = mem_copy("a");
	expect(&seen, OBSERVED_FAILS, false);
	declare("test fails b, a");
	seen = ended_well();
	seen.failed = mem_copy("a, b");
	expect(&seen, OBSERVED_FAILS, true);
	seen = ended_well();
	seen.failed = mem_copy("a");
	expect(&seen, OBSERVED_FAILS, false);
	seen = ended_well();
	expect(&seen, OBSERVED_PASSES, false);
}

/* A right program whose tests fail while a detector looks on is not silent. */
Test(verdict, tests_that_fail_under_a_detector)
{
	struct observation seen = ended_well();
	char *error;
	struct declaration right;

	cr_assert_eq(
		declaration_parse("x.c", "/*\n * Promise x.\n * test passes\n * tsan silent\n */\n", &right, &error),
		DECLARED);
	seen.failed = mem_copy("a");
	struct verdict verdict = verdict_of(&right, &right.items[1], detector_named("tsan"), &seen);
	cr_assert_eq(verdict.observed, OBSERVED_ERROR);
	verdict_release(&verdict);
	observation_release(&seen);
	declaration_release(&right);
}

/* What was seen counts; a program that says itself that it failed does not agree. */
Test(verdict, a_status_that_nobody_declared)
{
	struct observation seen = ended_well();

	seen.status = 7;
	struct verdict verdict = verdict_of(NULL, NULL, detector_named("tsan"), &seen);
	cr_assert(!verdict.agrees && verdict.observed == OBSERVED_SILENT);
	cr_assert_str_eq(verdict.why, "it ended with status 7");
	verdict_release(&verdict);
	add(&seen, "data-race", "f");
	verdict = verdict_of(NULL, NULL, detector_named("tsan"), &seen);
	cr_assert(!verdict.agrees && verdict.observed == OBSERVED_FIRES);
	verdict_release(&verdict);
	observation_release(&seen);
}

/* Of a reader's own program and of a submission what was seen counts; a program that declared its end has broken its word. */
Test(verdict, a_program_that_ends_badly)
{
	struct declaration right;
	char *error;

	cr_assert_eq(
		declaration_parse("x.c", "/*\n * Promise x.\n * test passes\n * tsan silent\n */\n", &right, &error),
		DECLARED);
	for (int ending = ENDED_BY_SIGNAL; ending < ENDED_UNKNOWN; ending++)
		for (int reports = 0; reports < 2; reports++)
			for (int who = 0; who < 3; who++) {
				const struct declaration *declared_here = who ? &right : NULL;
				struct observation seen = {0};
				right.submission = who == 1;
				if (reports)
					add(&seen, "data-race", "f");
				observation_end(&seen, (enum ending)ending, "it ended badly");
				struct verdict verdict = verdict_of(declared_here, who ? &right.items[1] : NULL,
								    detector_named("tsan"), &seen);
				cr_assert_not(verdict.agrees);
				cr_assert_str_eq(verdict.why, "it ended badly");
				cr_assert_eq(verdict.observed, who == 2	 ? OBSERVED_ERROR
							       : reports ? OBSERVED_FIRES
									 : OBSERVED_CUT);
				verdict_release(&verdict);
				observation_release(&seen);
			}
	declaration_release(&right);
}

/* A detector that failed has seen nothing that counts, in any program. */
Test(verdict, a_detector_that_fails)
{
	struct observation seen = {.ending = ENDED_UNKNOWN};

	add(&seen, "data-race", "f");
	observation_fail(&seen, FAULT_DETECTOR, "it left no report");
	struct verdict verdict = verdict_of(NULL, NULL, detector_named("tsan"), &seen);
	cr_assert(!verdict.agrees && verdict.observed == OBSERVED_ERROR);
	verdict_release(&verdict);
	observation_release(&seen);
}

Test(verdict, a_program_that_declares_nothing)
{
	struct observation seen = ended_well();
	struct verdict verdict = verdict_of(NULL, NULL, detector_named("tsan"), &seen);

	cr_assert(verdict.agrees && verdict.observed == OBSERVED_SILENT);
	add(&seen, "data-race", "f");
	verdict = verdict_of(NULL, NULL, detector_named("tsan"), &seen);
	cr_assert(verdict.agrees && verdict.observed == OBSERVED_FIRES);
	observation_fail(&seen, FAULT_PROGRAM, "its standard error is forged");
	verdict = verdict_of(NULL, NULL, detector_named("tsan"), &seen);
	cr_assert(!verdict.agrees && verdict.observed == OBSERVED_ERROR);
	verdict_release(&verdict);
	observation_release(&seen);
}

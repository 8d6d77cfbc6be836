/*
 * The rubrics of all exercises: that they give points for everything that judges,
 * 100 in all, and that each wrong fix and starter loses what its header declares.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "grading/rubric.h"
#include "verdict/detector.h"
#include "workbook/catalogue.h"

enum { MOST_ITEMS = 64, MOST_DETECTORS = 16 };

static struct catalogue catalogue;

static void load(void)
{
	static char here[4096];

	cr_assert_not_null(getcwd(here, sizeof here));
	catalogue_load(&catalogue, here);
}

static void release(void)
{
	catalogue_release(&catalogue);
}

TestSuite(rubrics, .init = load, .fini = release);

static void load_rubric(struct rubric *rubric, const char *pitfall)
{
	char *error;

	cr_assert_eq(rubric_load(rubric, catalogue.root, pitfall, &error), 0, "%s", error);
}

static const struct rubric_item *item_of(const struct rubric *rubric, enum rubric_kind kind, const char *name)
{
	for (size_t i = 0; i < rubric->count; i++)
		if (rubric->items[i].kind == kind && strcmp(rubric->items[i].name, name) == 0)
			return &rubric->items[i];
	return NULL;
}

/* What has no file of its own has the default, which names all there is. */
Test(rubrics, give_points_for_every_test_and_detector)
{
	for (size_t i = 0; i < catalogue.count; i++) {
		const char *pitfall = catalogue.programs[i].pitfall;
		struct rubric rubric, all;
		char *error, *path, *tests;
		if (catalogue.programs[i].role != ROLE_STARTER)
			continue;
		load_rubric(&rubric, pitfall);
		cr_assert_eq(rubric_total(&rubric), 100 * RUBRIC_POINT, "exercises/%s/rubric gives %ld points, not 100",
			     pitfall, rubric_total(&rubric) / RUBRIC_POINT);
		path = mem_format("%s/exercises/%s/test.c", catalogue.root, pitfall);
		tests = file_read(path);
		cr_assert_eq(rubric_read(&all, "", NULL, tests, "", &error), 0);
		for (size_t j = 0; j < all.count; j++)
			cr_assert(item_of(&rubric, all.items[j].kind, all.items[j].name),
				  "exercises/%s/rubric gives nothing for the %s '%s'", pitfall,
				  rubric_kind_name(all.items[j].kind), all.items[j].name);
		rubric_release(&all);
		rubric_release(&rubric);
		free(tests);
		free(path);
	}
}

/* --- what a program declares, as if it had been seen --- */

struct seen {
	struct result items[MOST_DETECTORS];
	struct results results;
};

static void see(struct seen *seen, const struct declaration *declaration)
{
	*seen = (struct seen){.results.items = seen->items};
	for (size_t i = 0; detectors[i] || i == 0; i++) {
		const struct detector *detector = i ? detectors[i - 1] : detector_of_tests();
		const struct expectation *expected = declaration_of(declaration, detector);
		bool refused = expected && (expected->word == WORD_FIRES || expected->word == WORD_FAILS);
		seen->items[i] =
			(struct result){.detector = detector,
					.seen.failed = refused && detector->tests ? expected->tests : NULL,
					.verdict = {detector->tests ? refused ? OBSERVED_FAILS : OBSERVED_PASSES
						    : refused	    ? OBSERVED_FIRES
								    : OBSERVED_SILENT,
						    !refused, NULL}};
		seen->results.count = i + 1;
		if (i && !detectors[i])
			break;
	}
}

/* Each test and detector that the header says refuses it brings nothing, and so does each promise that they judge. */
static void expect_lost(const struct program *program, const struct rubric *rubric, const struct seen *seen)
{
	long points[MOST_ITEMS];
	long sum = rubric_score(rubric, &seen->results, points);

	cr_assert_lt(sum, rubric_total(rubric), "%s loses nothing", program->path);
	for (size_t i = 0; i < rubric->count; i++) {
		bool kept = rubric_keeps(&rubric->items[i], &seen->results);
		cr_assert(kept || points[i] == 0, "%s", program->path);
	}
	for (size_t i = 0; i < seen->results.count; i++) {
		const struct result *result = &seen->results.items[i];
		if (result->verdict.agrees || result->detector->tests)
			continue;
		const struct rubric_item *item = item_of(rubric, RUBRIC_DETECTOR, result->detector->name);
		cr_assert(item && points[item - rubric->items] == 0, "%s keeps the points of %s", program->path,
			  result->detector->name);
	}
}

static void expect_tests_lost(const struct program *program, const struct rubric *rubric, const struct seen *seen)
{
	char *failed = mem_copy(seen->results.items[0].seen.failed ? seen->results.items[0].seen.failed : ""),
	     *rest = NULL;

	for (char *name = strtok_r(failed, ", ", &rest); name; name = strtok_r(NULL, ", ", &rest)) {
		const struct rubric_item *item = item_of(rubric, RUBRIC_TEST, name);
		cr_assert(item && !rubric_keeps(item, &seen->results), "%s keeps the points of the test %s",
			  program->path, name);
	}
	free(failed);
}

Test(rubrics, take_from_each_wrong_fix_what_it_declares)
{
	size_t wrong = 0;

	for (size_t i = 0; i < catalogue.count; i++) {
		const struct program *program = &catalogue.programs[i];
		struct rubric rubric;
		struct seen seen;
		if (program->role != ROLE_WRONG && program->role != ROLE_STARTER)
			continue;
		load_rubric(&rubric, program->pitfall);
		see(&seen, &program->declaration);
		expect_lost(program, &rubric, &seen);
		expect_tests_lost(program, &rubric, &seen);
		rubric_release(&rubric);
		wrong += program->role == ROLE_WRONG;
	}
	cr_assert_gt(wrong, 200);
}

Test(rubrics, give_full_marks_to_each_right_program)
{
	for (size_t i = 0; i < catalogue.count; i++) {
		const struct program *program = &catalogue.programs[i];
		struct rubric rubric;
		struct seen seen;
		long points[MOST_ITEMS];
		if (program->role != ROLE_SOLUTION && program->role != ROLE_ALSO_RIGHT)
			continue;
		load_rubric(&rubric, program->pitfall);
		see(&seen, &program->declaration);
		cr_assert_eq(rubric_score(&rubric, &seen.results, points), rubric_total(&rubric), "%s", program->path);
		rubric_release(&rubric);
	}
}

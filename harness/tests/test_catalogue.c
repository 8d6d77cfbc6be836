/* The workbook's own tree: whole, and every name found by its parts. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "catalogue.h"
#include "detectors/detector.h"

static struct catalogue catalogue;

static void load(void)
{
	char root[4096];

	cr_assert(getcwd(root, sizeof root));
	catalogue_load(&catalogue, root);
}

static void release(void)
{
	catalogue_release(&catalogue);
}

TestSuite(catalogue, .init = load, .fini = release);

Test(catalogue, the_book_has_no_problems)
{
	for (size_t i = 0; i < catalogue.problem_count; i++)
		fprintf(stderr, "%s\n", catalogue.problems[i]);
	cr_assert_eq(catalogue.problem_count, 0);
	cr_assert_gt(catalogue.pitfall_count, 0);
}

/* Each broken program must be seen by ThreadSanitizer or Helgrind. */
Test(catalogue, every_broken_program_is_seen)
{
	for (size_t i = 0; i < catalogue.count; i++) {
		const struct program *program = &catalogue.programs[i];
		bool seen = program->role != ROLE_BROKEN;
		for (size_t j = 0; j < program->declaration.count; j++)
			seen = seen || (program->declaration.items[j].word == WORD_FIRES &&
					(program->declaration.items[j].detector == &detector_tsan ||
					 program->declaration.items[j].detector == &detector_helgrind));
		cr_assert(seen, "%s", program->path);
	}
}

Test(catalogue, names)
{
	char *error;

	cr_assert_str_eq(catalogue_pitfall(&catalogue, "implicit", &error), "02-ownership/implicit-contract");
	cr_assert_str_eq(catalogue_pitfall(&catalogue, "02-ownership/implicit-contract", &error), "02-ownership/implicit-contract");
	cr_assert_null(catalogue_pitfall(&catalogue, "02-ownership", &error));
	cr_assert(strstr(error, "may be any of 02-ownership/implicit-contract, "));
	free(error);
	cr_assert_null(catalogue_pitfall(&catalogue, "no such", &error));
	cr_assert(strstr(error, "no pitfall is called"));
	free(error);
	cr_assert_null(catalogue_pitfall(&catalogue, "", &error));
	free(error);
}

Test(catalogue, programs_in_their_order)
{
	for (size_t i = 1; i < catalogue.count; i++) {
		const struct program *before = &catalogue.programs[i - 1], *after = &catalogue.programs[i];
		int order = strcmp(before->pitfall, after->pitfall);
		cr_assert(order < 0 || (order == 0 && before->role <= after->role), "%s, %s", before->path, after->path);
	}
}

/* A pitfall, a program and an exercise are named as the shell completes them, from any directory. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"

static struct scratch scratch;
static char root[PATH_MAX];

static void make(void)
{
	scratch_make(&scratch);
	cr_assert(realpath(scratch.root, root));
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(names, .init = make, .fini = unmake, .timeout = 300);

static struct outcome loose_in(const char *directory, const char *arguments)
{
	return scratch_loose_in(&scratch, directory, "", arguments);
}

static void expect(const char *directory, const char *arguments, const char *words)
{
	struct outcome outcome = loose_in(directory, arguments);

	cr_assert_eq(outcome.status, 0, "in '%s': %s: %s", directory, arguments, outcome.err);
	cr_assert(strstr(outcome.out, words), "in '%s': %s: %s", directory, arguments, outcome.out);
	outcome_release(&outcome);
}

static void refuse(const char *directory, const char *arguments, const char *line)
{
	struct outcome outcome = loose_in(directory, arguments);

	cr_assert_eq(outcome.status, 2, "in '%s': %s: %d", directory, arguments, outcome.status);
	cr_assert_str_eq(outcome.err, line, "in '%s': %s: %s", directory, arguments, outcome.err);
	outcome_release(&outcome);
}

Test(names, by_a_path_to_the_pitfall)
{
	static const char chapter[] = "==== chapters/" PITFALL "/README.md ====";
	char arguments[PATH_MAX + 32];

	expect(".", "show implicit", chapter);
	expect(".", "show chapters/" PITFALL, chapter);
	expect(".", "show chapters/" PITFALL "/", chapter);
	expect(".", "show ./chapters/../chapters/" PITFALL "//", chapter);
	expect(".", "show " BROKEN, chapter);
	expect(".", "show solutions/" PITFALL "/wrong", chapter);
	expect(".", "show " PITFALL "/", chapter);
	expect(".", "show " PITFALL "/fixed.c", chapter);
	snprintf(arguments, sizeof arguments, "show '%s/" BROKEN "'", root);
	expect(".", arguments, chapter);
}

Test(names, from_any_directory)
{
	static const char chapter[] = "==== chapters/" PITFALL "/README.md ====";

	expect("chapters/" PITFALL, "show .", chapter);
	expect("chapters/" PITFALL, "show broken.c", chapter);
	expect("chapters/02-ownership", "show implicit-contract/", chapter);
	expect("exercises", "show ../chapters/" PITFALL "/README.md", chapter);
	expect("build", "show chapters/" PITFALL, chapter);
	expect("build", "list chapters/02-ownership", PITFALL);
	expect("build", "diff chapters/" PITFALL "/fixed.c", "--- " PITFALL "/broken.c");
}

Test(names, an_exercise_by_its_path)
{
	static const char exercise[] = "==== exercises/" PITFALL "/line.c ====";

	expect(".", "show --exercise implicit", exercise);
	expect(".", "show exercises/" PITFALL, exercise);
	expect(".", "show exercises/" PITFALL "/line.c", exercise);
	expect("exercises/" PITFALL, "show line.c", exercise);
}

/* Neither a part of a name nor a path to something of a pitfall. */
Test(names, what_is_no_path_in_the_workbook)
{
	refuse(".", "show chapters", "loose: no pitfall is called 'chapters'; './loose list' names them\n");
	refuse(".", "show ..", "loose: no pitfall is called '..'; './loose list' names them\n");
	refuse(".", "show chapters/" PITFALL "/no-such.c",
	       "loose: no pitfall is called 'chapters/" PITFALL "/no-such.c'; './loose list' names them\n");
	refuse(".", "show ''", "loose: no pitfall is called ''; './loose list' names them\n");
}

Test(names, a_chapter_names_all_its_pitfalls)
{
	char command[1024];

	snprintf(command, sizeof command, "cp -r '%s'/chapters/" PITFALL " '%s'/chapters/02-ownership/another", root,
		 root);
	cr_assert_eq(system(command), 0);
	expect(".", "list 02-ownership", "02-ownership/another");
	expect("chapters", "list 02-ownership/", PITFALL);
	refuse(".", "show 02-ownership",
	       "loose: '02-ownership/' may be any of 02-ownership/another, " PITFALL "; say more of its name\n");
	struct outcome outcome = loose_in("chapters", "verify 02-ownership/ --chapters --detector budget");
	cr_assert(strstr(outcome.out, "another"), "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, "4 checked, 4 as declared"), "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

Test(names, a_program_by_its_path_or_the_last_part_of_its_name)
{
	expect("chapters/" PITFALL, "run fixed.c --answers --detector budget", "budget: silent, as declared");
	expect(".", "run implicit fixed.c --answers --detector budget", "budget: silent, as declared");
	expect(".", "run solutions/" PITFALL "/wrong/cancel.c --detector test", "test: ");
	expect(".", "run implicit cancel --detector test", "test: ");
	expect(".", "run exercises/" PITFALL "/ --answers --detector test", "test: fails, as declared");
}

Test(names, a_file_that_is_no_program_of_the_workbook)
{
	scratch_write(&scratch, "exercises/" PITFALL "/mine.c", "int x;\n");
	refuse(".", "run exercises/" PITFALL "/mine.c",
	       "loose: 'exercises/" PITFALL
	       "/mine.c' is not a program of the workbook; './loose check' judges one of yours\n");
}

/* The starter fails as it stands; the same command judges what a learner has written in its place. */
Test(names, check_takes_the_name_of_an_exercise)
{
	static const char *const names[] = {"implicit-contract", "exercises/" PITFALL "/",
					    "exercises/" PITFALL "/line.c"};
	char arguments[256];

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(arguments, sizeof arguments, "check %s", names[i]);
		struct outcome outcome = loose_in(".", arguments);
		cr_assert_eq(outcome.status, 1, "%s: %s%s", arguments, outcome.out, outcome.err);
		cr_assert(strstr(outcome.out, "test: fails"), "%s: %s", arguments, outcome.out);
		outcome_release(&outcome);
	}
}

/* A program of several files: what is in the directory of its name, and in shared/, belongs to it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

#define HERE "chapters/" PITFALL

static struct scratch scratch;

static void make_directory(const char *path)
{
	char full[1024];

	snprintf(full, sizeof full, "%s/%s", scratch.root, path);
	cr_assert_eq(mkdir(full, 0777), 0, "%s", full);
}

/* Both programs need age() of their own directory, which calls days() of shared/. */
static void make(void)
{
	static const char *const programs[] = {BROKEN, FIXED};

	scratch_make(&scratch);
	make_directory(HERE "/broken");
	make_directory(HERE "/fixed");
	make_directory(HERE "/shared");
	scratch_write(&scratch, HERE "/shared/days.c", "int days(void);\nint days(void)\n{\n\treturn 1;\n}\n");
	scratch_write(&scratch, HERE "/broken/age.c",
		      "int days(void);\nint age(void);\nint age(void)\n{\n\treturn days();\n}\n");
	scratch_write(&scratch, HERE "/fixed/age.c",
		      "int days(void);\nint age(void);\nint age(void)\n{\n\treturn days() + 1;\n}\n");
	for (int i = 0; i < 2; i++)
		scratch_replace(&scratch, programs[i], "int main(void)\n{",
				"int age(void);\nint main(void)\n{\n\tif (!age())\n\t\treturn 1;");
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(several_files, .init = make, .fini = unmake, .timeout = 300);

static void verify(int status, const char *words)
{
	struct outcome outcome = scratch_loose(&scratch, "verify --chapters --detector tsan");

	cr_assert_eq(outcome.status, status, "%s%s", outcome.out, outcome.err);
	cr_assert(strstr(outcome.out, words), "%s", outcome.out);
	outcome_release(&outcome);
}

Test(several_files, are_one_program)
{
	verify(0, "2 as declared");
}

/* What was built before must not be judged in its place; the other program still is. */
Test(several_files, one_of_its_own_that_does_not_compile_any_more)
{
	verify(0, "2 as declared");
	scratch_replace(&scratch, HERE "/broken/age.c", "return days()", "return oops");
	verify(2, "oops");
	scratch_replace(&scratch, HERE "/broken/age.c", "return oops", "return days()");
	verify(0, "2 as declared");
}

Test(several_files, one_that_is_shared_and_does_not_compile_any_more)
{
	verify(0, "2 as declared");
	scratch_replace(&scratch, HERE "/shared/days.c", "return 1", "return oops");
	verify(2, "oops");
}

Test(several_files, one_that_is_taken_away)
{
	char path[1024];

	verify(0, "2 as declared");
	snprintf(path, sizeof path, "%s/" HERE "/fixed/age.c", scratch.root);
	cr_assert_eq(unlink(path), 0);
	verify(2, "undefined reference");
}

Test(several_files, are_shown)
{
	struct outcome outcome = scratch_loose(&scratch, "show " PITFALL);
	static const char *const files[] = {"/broken.c", "/broken/age.c", "/fixed.c", "/fixed/age.c", "/shared/days.c"};
	const char *at = outcome.out;

	cr_assert_eq(outcome.status, 0, "%s", outcome.err);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char title[256];
		snprintf(title, sizeof title, "\n==== " HERE "%s ====\n", files[i]);
		at = strstr(at, title);
		cr_assert(at, "%s is not shown, or not in its place", files[i]);
	}
	outcome_release(&outcome);
}

Test(several_files, are_compared_one_by_one)
{
	scratch_write(&scratch, HERE "/fixed/new.h", "int new;\n");
	struct outcome outcome = scratch_loose(&scratch, "diff " PITFALL);

	cr_assert_eq(outcome.status, 0, "%s", outcome.err);
	cr_assert_eq(strstr(outcome.out, "--- " PITFALL "/broken.c\n+++ " PITFALL "/fixed.c\n@@"), outcome.out);
	cr_assert(strstr(outcome.out, "\n--- " PITFALL "/broken/age.c\n+++ " PITFALL "/fixed/age.c\n@@"));
	cr_assert(strstr(outcome.out, "\n-\treturn days();\n+\treturn days() + 1;\n"));
	cr_assert(strstr(outcome.out, "\n+int new;\n"));
	cr_assert_null(strstr(outcome.out, "days.c"), "what is the same on both sides is no difference");
	outcome_release(&outcome);
}

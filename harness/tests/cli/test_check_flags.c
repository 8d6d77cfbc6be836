/* A reader's own program is compiled as its author compiles it: its flags, its folders, its warnings. */
#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

static struct scratch scratch;

/* The programs stand outside the workbook, in a folder with a blank in its name. */
static void make(void)
{
	char command[1024];

	scratch_make(&scratch);
	snprintf(command, sizeof command, "cp -r harness/tests/field '%s/my programs'", scratch.root);
	cr_assert_eq(system(command), 0);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(check_flags, .init = make, .fini = unmake, .timeout = 600);

static struct outcome check(const char *environment, const char *arguments)
{
	char text[1024];

	snprintf(text, sizeof text, "check %s", arguments);
	return scratch_loose_in(&scratch, "my programs", environment, text);
}

/* All detectors are silent, and on stderr are these words, or nothing. */
static void expect_silent(const char *environment, const char *arguments, const char *words)
{
	struct outcome outcome = check(environment, arguments);

	cr_assert_eq(outcome.status, 0, "%s %s: %d %s%s", environment, arguments, outcome.status, outcome.out,
		     outcome.err);
	if (words)
		cr_assert(strstr(outcome.err, words), "%s %s: %s", environment, arguments, outcome.err);
	else
		cr_assert_null(strstr(outcome.err, "warning"), "%s %s: %s", environment, arguments, outcome.err);
	outcome_release(&outcome);
}

Test(check_flags, as_cc_does)
{
	expect_silent("", "like_cc.c", NULL);
	expect_silent("", "posix_strerror.c", NULL);
}

Test(check_flags, what_only_gnu_declares)
{
	expect_silent("", "gnu_only.c -DNAME='\"a b\"'", NULL);
	expect_silent("CFLAGS='-DNAME=\"\\\"it\\\"\"'", "gnu_only.c", NULL);
}

Test(check_flags, prose_is_no_declaration)
{
	expect_silent("", "promise_in_prose.c", NULL);
}

/* What CI means for the workbook's own programs, and what the author's own flags mean to the author. */
Test(check_flags, a_warning_is_shown_and_does_not_keep_it_from_judging)
{
	scratch_write(&scratch, "my programs/warned.c", "int main(void)\n{\n\tint unused;\n\treturn 0;\n}\n");
	expect_silent("CI=true", "warned.c", "warning: unused variable 'unused'");
	expect_silent("CFLAGS='-Wall -Werror'", "warned.c", "warning: unused variable 'unused'");
	expect_silent("", "-Wno-unused-variable warned.c", NULL);
}

Test(check_flags, sanitizers_of_the_author_give_way)
{
	expect_silent("CFLAGS=-fsanitize=address LDFLAGS=-fsanitize=address", "posix_strerror.c", NULL);
}

Test(check_flags, a_pragma_that_is_ignored_is_told)
{
	struct outcome outcome = check("", "openmp_sum.c");

	cr_assert_eq(outcome.status, 0, "%s", outcome.err);
	cr_assert(strstr(outcome.err, "loose: ignored: #pragma omp parallel for ("), "%s", outcome.err);
	cr_assert(strstr(outcome.err, "openmp_sum.c:8); add -fopenmp\n"), "%s", outcome.err);
	cr_assert(strstr(outcome.err, "loose: ignored: #pragma once_upon a time ("), "%s", outcome.err);
	outcome_release(&outcome);
}

/* The place of the first finding of the first detector, as "function file". */
static void expect_place(const char *environment, const char *arguments, const char *function, const char *file)
{
	char text[1024];
	struct outcome outcome;

	snprintf(text, sizeof text, "--json - %s", arguments);
	outcome = check(environment, text);
	cr_assert_eq(outcome.status, 1, "%s: %d %s", arguments, outcome.status, outcome.err);
	json_t *all = json_loads(outcome.out, 0, NULL), *result = json_array_get(json_object_get(all, "results"), 0);
	json_t *finding = json_array_get(json_object_get(result, "findings"), 0);
	cr_assert_str_eq(result_text(finding, "function"), function, "%s: %s", arguments, outcome.out);
	cr_assert(strstr(outcome.out, file), "%s: %s", arguments, outcome.out);
	json_decref(all);
	outcome_release(&outcome);
}

#define SEVERAL "app/main.c lib/queue/queue.c lib/pool/pool.c"

Test(check_flags, a_finding_is_placed_in_any_folder_of_the_author)
{
	struct outcome outcome;

	expect_place("cd several;", SEVERAL " -Iinclude", "queue_length", "lib/queue/queue.c");
	expect_place("cd several/app; CPATH=../include", "main.c ../lib/queue/queue.c ../lib/pool/pool.c",
		     "queue_length", "lib/queue/queue.c");
	outcome = check("cd several;", SEVERAL);
	cr_assert_eq(outcome.status, 2);
	cr_assert(strstr(outcome.err,
			 "main.c does not compile; fix what the compiler says above; '-I FOLDER' says where a "
			 "header is\n"),
		  "%s", outcome.err);
	outcome_release(&outcome);
}

Test(check_flags, objects_and_libraries_stand_among_the_files)
{
	char command[PATH_MAX];

	snprintf(
		command, sizeof command,
		"cd '%s/my programs' && echo 'int two(void) { return 2; }' >two.c && cc -c two.c && ar rc libtwo.a two.o && "
		"echo 'int two(void); int main(void) { return two() - 2; }' >one.c",
		scratch.root);
	cr_assert_eq(system(command), 0);
	expect_silent("", "one.c two.o", NULL);
	expect_silent("", "one.c -L. -l two -O1 -std=c99", NULL);
	expect_silent("LDLIBS='-L. -ltwo'", "one.c", NULL);
	struct outcome outcome = check("", "one.c");
	cr_assert_eq(outcome.status, 2);
	cr_assert(strstr(outcome.err, "name the other C files too, or the library: '-lNAME'\n"), "%s", outcome.err);
	outcome_release(&outcome);
}

static void refuse(const char *arguments, const char *line)
{
	struct outcome outcome = check("", arguments);

	cr_assert_eq(outcome.status, 2, "%s: %d %s", arguments, outcome.status, outcome.err);
	cr_assert_str_eq(outcome.err, line, "%s: %s", arguments, outcome.err);
	outcome_release(&outcome);
}

Test(check_flags, what_is_not_for_check)
{
	refuse("like_cc.c -c", "loose: check makes a program that it can run under every detector; leave out '-c'\n");
	refuse("like_cc.c -o x", "loose: check keeps nothing of what it compiles; leave out '-o'\n");
	refuse("like_cc.c -fsanitize=thread", "loose: check chooses the sanitizers; leave out '-fsanitize=thread'\n");
	refuse("-lm",
	       "loose: check takes [EXERCISE | FILE.c... [FLAG...]] [-- ARG...]; name a C file of the program\n");
	refuse("like_cc.c -json", "loose: unknown option '-json'; did you mean '--json'?\n");
	refuse("like_cc.c -I", "loose: '-I' needs a value\n");
	refuse("like_cc.c no-such.o", "loose: cannot read 'no-such.o': No such file or directory\n");
	refuse("implicit -O2", "loose: 'work/" PITFALL "/line.c' is compiled as the workbook says; leave out '-O2'\n");
}

/* What is made of the tables of commands: help pages, the manual page, completion; and the version. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(help, .init = make, .fini = unmake, .timeout = 300);

/* The output, for the caller to free. */
static char *says(const char *arguments)
{
	struct outcome outcome = scratch_loose(&scratch, arguments);

	cr_assert_eq(outcome.status, 0, "%s: %s", arguments, outcome.err);
	cr_assert_str_empty(outcome.err);
	free(outcome.err);
	return outcome.out;
}

static void expect(const char *arguments, const char *words)
{
	char *text = says(arguments);

	cr_assert(strstr(text, words), "%s: %s", arguments, text);
	free(text);
}

static void expect_narrow(const char *text)
{
	for (; *text; text += strcspn(text, "\n") + 1)
		cr_assert(strcspn(text, "\n") <= 80, "%.90s", text);
}

Test(help, pages)
{
	static const char *const names[] = {"",	     "list",  "show",	     "diff",	   "predict",  "run",
					    "check", "grade", "student-kit", "hint",	   "solution", "reset",
					    "merge", "next",  "previous",    "progress",   "verify",   "doctor",
					    "alert", "test",  "text",	     "completion", "man",      "version"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char arguments[64], *page;
		snprintf(arguments, sizeof arguments, "%s --help", names[i]);
		page = says(arguments);
		cr_assert(strstr(page, "\nUsage: ./loose "), "%s", page);
		expect_narrow(page);
		free(page);
	}
	expect("help run", "Usage: ./loose run [OPTION...] PITFALL [PROGRAM]\n");
	expect("verify --help", "  --detector D   only test, tsan, helgrind, drd, memcheck or budget\n");
	expect("verify implicit -h", "Usage: ./loose verify [OPTION...] [PITFALL...]\n");
}

Test(help, version)
{
	expect("--version", "loose 0.");
	expect("version", "\nclang ");
}

/* groff knows no request or mark that the page uses wrongly, and every option is in it. */
Test(help, manual_page)
{
	char command[1024], *errors, *page = says("man");

	cr_assert(strstr(page, "\n.B \\-\\-junit FILE\n"), "%s", page);
	free(page);
	snprintf(command, sizeof command,
		 "build/loose man | groff -man -ww -Tutf8 >'%s/page' 2>'%s/errors' || ! command -v groff >/dev/null",
		 scratch.root, scratch.root);
	cr_assert_eq(system(command), 0);
	errors = scratch_read(&scratch, "errors");
	cr_assert(!*errors || strstr(errors, "not found"), "%s", errors);
	free(errors);
}

/* What bash would offer for the last word of the line, sorted, one on a line. */
static void expect_completed(const char *line, const char *offers)
{
	char command[2048], *found;

	snprintf(
		command, sizeof command,
		"bash -c 'source <(build/loose completion bash); COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); "
		"_loose \"${COMP_WORDS[0]}\"; printf \"%%s \" \"${COMPREPLY[@]}\"' >'%s/offers' 2>&1",
		line, scratch.root);
	cr_assert_eq(system(command), 0, "%s", line);
	found = scratch_read(&scratch, "offers");
	cr_assert_str_eq(found, offers, "%s: '%s'", line, found);
	free(found);
}

Test(help, completion_in_bash)
{
	expect_completed("./loose ver", "verify version ");
	expect_completed("./loose verify --j", "--jobs --json --junit ");
	expect_completed("./loose verify --detector = h", "helgrind ");
	expect_completed("./loose verify --detector h", "helgrind ");
	expect_completed("./loose verify --json REA", "README.md ");
	expect_completed("./loose verify --json = REA", "README.md ");
	expect_completed("./loose verify --repeat \"\"", " ");
	expect_completed("./loose show implicit", "implicit-contract ");
	expect_completed("./loose show --exercise 02-ownership/impl", "02-ownership/implicit-contract ");
	expect_completed("./loose show chapters/02-ownership/impl", "chapters/02-ownership/implicit-contract ");
	expect_completed("./loose run implicit-contract so", "solution ");
	expect_completed("./loose run chapters/02-ownership/implicit-contract/ wrong/ca", "wrong/cancel ");
	expect_completed("./loose check implicit", "implicit-contract ");
	expect_completed("./loose check harness/selftest/ra", "harness/selftest/race.c ");
	expect_completed("./loose check a.c -- REA", "README.md ");
	expect_completed("./loose completion z", "zsh ");
	expect_completed("./loose alert \"\"", " ");
}

Test(help, completion_is_made_of_the_tables)
{
	expect("completion bash", "files='--json --junit' detectors='--detector'");
	expect("completion zsh", "'--detector=[only test, tsan, helgrind, drd, memcheck or budget]:D:"
				 "(test tsan helgrind drd memcheck budget)'");
	struct outcome outcome = scratch_loose(&scratch, "completion fish");
	cr_assert_eq(outcome.status, 2);
	cr_assert_str_eq(outcome.err, "loose: there is no completion for 'fish'; use bash or zsh\n");
	outcome_release(&outcome);
}

/* The shells themselves read what was made for them. */
Test(help, completion_is_a_script)
{
	char command[512];

	cr_assert_eq(system("build/loose completion bash | bash -n"), 0);
	snprintf(command, sizeof command,
		 "build/loose completion zsh >'%s/_loose' && { ! command -v zsh || zsh -n '%s/_loose'; }", scratch.root,
		 scratch.root);
	cr_assert_eq(system(command), 0);
}

/* Pictures of runs: in the terminal, and beside the texts, where a stale one is found. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

#define TEXT "chapters/" PITFALL "/README.md"
#define LANES "chapters/" PITFALL "/lanes.svg"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
	scratch_write(&scratch, TEXT, "# Lanes\n\n<!-- picture lanes -->\n<!-- end -->\n");
	scratch_shell(&scratch, "rm -f chapters/" PITFALL "/*.svg");
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(pictures, .init = make, .fini = unmake, .timeout = 600);

static void has(const char *text, const char *part)
{
	cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

/* The command ends with this status, and says this; NULL: nothing at all. */
static void expect(int status, const char *arguments, const char *words)
{
	struct outcome outcome = scratch_expect(&scratch, status, arguments);

	if (words)
		has(outcome.out, words);
	else
		cr_assert_str_empty(outcome.out);
	outcome_release(&outcome);
}

Test(pictures, of_a_text_are_drawn_and_a_stale_or_missing_one_is_found)
{
	expect(1, "text --check implicit", LANES " is missing; './loose text' draws it anew\n");
	expect(0, "text implicit", LANES "\n" TEXT "\n");
	char *text = scratch_read(&scratch, TEXT), *picture = scratch_read(&scratch, LANES);
	has(text,
	    "\n![The threads of both programs as lanes, from top to bottom. Broken: main and evict\\_loop; in main, ");
	has(text, "](lanes.svg)\n\n*Drawn from a run of each program");
	has(picture, "<title id=\"title\">" PITFALL "</title>");
	has(picture, ">evict_loop<");
	/* Drawn twice it is the same. */
	expect(0, "text --check implicit", NULL);
	scratch_replace(&scratch, LANES, ">evict_loop<", ">evict_1oop<");
	expect(1, "text --check implicit", LANES " is stale; './loose text' draws it anew\n");
	scratch_replace(&scratch, TEXT, "Broken: main", "Broken: nain");
	expect(0, "text implicit", LANES "\n" TEXT "\n");
	char *again = scratch_read(&scratch, LANES);
	cr_assert_str_eq(again, picture);
	free(again);
	free(picture);
	free(text);
}

Test(pictures, that_no_text_shows_are_found)
{
	scratch_write(&scratch, TEXT, "# None\n");
	scratch_write(&scratch, LANES, "<svg/>\n");
	scratch_write(&scratch, "chapters/" PITFALL "/curve.svg", "<svg/>\n");
	struct outcome outcome = scratch_expect(&scratch, 1, "text --check");
	has(outcome.out, LANES " is shown by no text; add the mark '<!-- picture lanes -->', or take it away\n");
	has(outcome.out, "/curve.svg is shown by no text; add the mark '<!-- picture curve -->', or take it away\n");
	outcome_release(&outcome);
}

Test(pictures, of_a_curve_need_a_bound_that_is_broken)
{
	scratch_write(&scratch, TEXT, "# Curve\n\n<!-- picture curve -->\n<!-- end -->\n");
	struct outcome outcome = scratch_expect(&scratch, 2, "text --check implicit");
	has(outcome.err, TEXT ":3: there is no picture 'curve' of " PITFALL);
	outcome_release(&outcome);
}

Test(pictures, are_drawn_in_the_terminal)
{
	struct outcome outcome = scratch_expect(&scratch, 0, "run implicit --lanes");

	has(outcome.out, "broken\n\nmain                                    evict_loop\n");
	has(outcome.out, "starts evict_loop :");
	has(outcome.out, "cache_free() frees cache :");
	has(outcome.out, "a data race with line ");
	has(outcome.out, "\nfixed\n\nmain                                    evict_loop\n");
	has(outcome.out, "joins evict_loop :");
	outcome_release(&outcome);
	outcome = scratch_expect(&scratch, 2, "run implicit wrong/detach --lanes");
	outcome_release(&outcome);
	outcome = scratch_expect(&scratch, 2, "run implicit --lanes --detector tsan");
	has(outcome.err, "leave out the other options");
	outcome_release(&outcome);
}

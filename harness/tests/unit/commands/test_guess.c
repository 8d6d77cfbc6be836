/* What a reader types for a guess, a confidence and an answer; and what is counted of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "../scratch_root.h"
#include "commands/guess.h"
#include "commands/scores.h"

/* The guess as letters for those that fire: "t-d--"; or what is wrong with it. */
static void expect_guess(const char *text, const char *expected)
{
	struct cell cells[] = {{"tsan", 0, 0}, {"helgrind", 0, 0}, {"drd", 0, 0}, {"memcheck", 0, 0}, {"budget", 0, 0}};
	char *error = guess_read(text, cells, 5), shown[6] = "-----";

	for (size_t i = 0; i < 5; i++)
		if (cells[i].guessed)
			shown[i] = cells[i].detector[0];
	cr_assert(error || strcmp(shown, expected) == 0, "'%s': %s", text, shown);
	cr_assert(!error || strcmp(error, expected) == 0, "'%s': %s", text, error);
	cr_assert(!error || strcmp(shown, "-----") == 0, "'%s' has changed the cells", text);
	free(error);
}

Test(guess, is_read_as_people_type_it)
{
	expect_guess("tsan,helgrind", "th---");
	expect_guess("tsan helgrind\n", "th---");
	expect_guess("  TSan , budget ", "t---b");
	expect_guess("th", "th---");
	expect_guess("b m", "---mb");
	expect_guess("help", "no detector here is called 'help'; name those that fire, or say 'none'");
	expect_guess("y n n y y", "t--mb");
	expect_guess("yes,no,no,no,no", "t----");
	expect_guess("none", "-----");
	expect_guess("all", "thdmb");
	expect_guess("", "name the detectors that fire, or say 'none'");
	expect_guess("\n", "name the detectors that fire, or say 'none'");
	expect_guess("y n", "no detector here is called 'y'; name those that fire, or say 'none'");
	expect_guess("tsan, valgrnd", "no detector here is called 'valgrnd'; name those that fire, or say 'none'");
	expect_guess("memchek", "no detector here is called 'memchek'; did you mean 'memcheck'?");
	expect_guess("tsan none", "no detector here is called 'none'; name those that fire, or say 'none'");
}

/* A letter that two begin with names neither. */
Test(guess, is_not_guessed)
{
	struct cell cells[] = {{"tsan", 0, 0}, {"trace", 0, 0}};
	char *error = guess_read("t", cells, 2);

	cr_assert(error && !cells[0].guessed && !cells[1].guessed);
	free(error);
	cr_assert_null(guess_read("tr", cells, 2));
	cr_assert(cells[1].guessed && !cells[0].guessed);
}

Test(guess, confidence_is_from_a_coin_to_certain)
{
	static const char *const bad[] = {"", "49", "101", "x", "80 %%", "8O", "-60", "1e2"};
	int confidence = 0;

	cr_assert_null(guess_confidence(" 80\n", &confidence));
	cr_assert_eq(confidence, 80);
	cr_assert_null(guess_confidence("100%", &confidence));
	cr_assert_eq(confidence, 100);
	cr_assert_null(guess_confidence("50", &confidence));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *error = guess_confidence(bad[i], &confidence);
		cr_assert(error, "%s", bad[i]);
		cr_assert_eq(confidence, 50);
		free(error);
	}
}

Test(guess, answer_is_a_letter_a_number_or_the_answer)
{
	static char *const answers[] = {"joined", "memory", "threads"};
	static const char *const bad[] = {"", "d", "0", "4", "thread", "B c"};
	size_t which = 9;

	cr_assert_null(guess_answer("B\n", answers, 3, &which));
	cr_assert_eq(which, 1);
	cr_assert_null(guess_answer("3", answers, 3, &which));
	cr_assert_eq(which, 2);
	cr_assert_null(guess_answer("Joined", answers, 3, &which));
	cr_assert_eq(which, 0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char *error = guess_answer(bad[i], answers, 3, &which);
		cr_assert(error, "%s", bad[i]);
		cr_assert_eq(which, 0);
		free(error);
	}
}

/* --- scores --------------------------------------------------------------------------------------------------------*/

static void predict(struct reader *reader, const char *pitfall, int confidence, bool tsan, bool drd)
{
	const struct cell cells[] = {{"tsan", tsan, true}, {"drd", drd, false}};
	const struct prediction prediction = {.cells = cells, .count = 2, .confidence = confidence};

	reader_note_prediction(reader, pitfall, &prediction);
}

static char *printed(const struct reader *reader)
{
	const struct style style = {.width = 80};
	struct scores scores;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	scores_count(&scores, reader);
	scores_print(out, style, &scores);
	fclose(out);
	return text;
}

TestSuite(scores, .init = root_make, .fini = root_remove, .timeout = 60);

Test(scores, of_nobody_say_nothing)
{
	struct reader reader;

	reader_open(&reader, root);
	char *text = printed(&reader);
	cr_assert_str_empty(text);
	free(text);
	reader_close(&reader);
}

Test(scores, say_that_they_are_few)
{
	struct reader reader;

	reader_open(&reader, root);
	predict(&reader, "02-x/a", 95, false, true);
	predict(&reader, "03-y/b", 60, true, false);
	char *text = printed(&reader);
	cr_assert_str_eq(text,
			 "\nDetector                     right        wrong\n"
			 "tsan                         1 of 2       1 fired unexpected\n"
			 "drd                          1 of 2       1 expected in vain\n"
			 "\nKind of pitfall              right        wrong\n"
			 "02-x                         0 of 2       1 fired unexpected, 1 expected in vain\n"
			 "03-y                         2 of 2\n"
			 "\nConfidence:\n"
			 "  of 2 cells at 60 to 69 % you were right in 2\n"
			 "  of 2 cells at 90 to 99 % you were right in 0\n"
			 "\nThese are 4 guesses: too few to say much of you. From 20 on they do.\n",
			 "%s", text);
	free(text);
	reader_close(&reader);
}

/* Twelve cells at 90 %, eight of them right: surer than they can be. */
Test(scores, tell_what_is_misjudged_and_how_well_it_is_known)
{
	struct reader reader;

	reader_open(&reader, root);
	for (int i = 0; i < 6; i++) {
		char pitfall[16];
		snprintf(pitfall, sizeof pitfall, "02-x/%d", i);
		predict(&reader, pitfall, 90, true, i < 4);
		pitfall[1] = '3';
		predict(&reader, pitfall, 50, true, false);
	}
	char *text = printed(&reader);
	cr_assert(strstr(text, "  of 12 cells at 90 to 99 % you were right in 8: surer than you can be\n"), "%s", text);
	cr_assert(strstr(text, "  of 12 cells at 50 to 59 % you were right in 12: you may be surer\n"), "%s", text);
	cr_assert(strstr(text, "\nYou misjudge drd most.\nOf the kinds of pitfall you misjudge 02-x most.\n"), "%s",
		  text);
	cr_assert_not(strstr(text, "too few"));
	free(text);
	reader_close(&reader);
}

/* What the parts of an exercise are worth, and what of it a submission keeps. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "grading/rubric.h"
#include "verdict/detector.h"

static const char tests[] = "#include <criterion/criterion.h>\n"
			    "Test(line, sends, .timeout = 60)\n"
			    "ParameterizedTest(struct one *one, line, many)\n"
			    "Test(line, closes)\n"
			    "	Test(line, is_in_no_first_column)\n";

static const char header[] = "/*\n"
			     " * Closes it. When it returns,\n"
			     " *\n"
			     " *   - nothing is sent any more: the caller\n"
			     " *     may look at the wire without a lock;\n"
			     " *   - its memory is free.\n"
			     " */\n";

static struct rubric rubric;

static void read_as(const char *text)
{
	char *error;

	cr_assert_eq(rubric_read(&rubric, "rubric", text, tests, header, &error), 0, "%s", error);
}

static void refuse(const char *text, const char *words)
{
	char *error;

	cr_assert_eq(rubric_read(&rubric, "x/rubric", text, tests, header, &error), -1, "%s", text);
	cr_assert(strstr(error, words), "'%s' does not have '%s'", error, words);
	cr_assert_eq(rubric.count, 0);
	free(error);
}

Test(rubric, without_a_file_shares_60_and_40)
{
	long of_tests = 0;

	read_as(NULL);
	for (size_t i = 0; i < rubric.count; i++)
		of_tests += rubric.items[i].kind == RUBRIC_TEST ? rubric.items[i].points : 0;
	cr_assert_str_eq(rubric.items[0].name, "sends");
	cr_assert_str_eq(rubric.items[1].name, "many");
	cr_assert_str_eq(rubric.items[2].name, "closes");
	cr_assert_eq(rubric.items[3].kind, RUBRIC_DETECTOR);
	cr_assert_eq(of_tests, 6000);
	cr_assert_eq(rubric_total(&rubric), 10000);
	rubric_release(&rubric);
}

Test(rubric, of_a_file_is_as_it_says)
{
	read_as("# what counts\n\n 70 | test closes | It waits.\n30 | detector tsan | Ordered | or not.\n");
	cr_assert_eq(rubric.count, 2);
	cr_assert(rubric.items[0].kind == RUBRIC_TEST && rubric.items[0].points == 7000);
	cr_assert_str_eq(rubric.items[0].sentence, "It waits.");
	cr_assert_str_eq(rubric.items[1].name, "tsan");
	cr_assert_str_eq(rubric.items[1].sentence, "Ordered | or not.");
	rubric_release(&rubric);
}

Test(rubric, says_what_is_wrong_and_where)
{
	refuse("1 | test sends | yes\nseven | test closes | no\n", "x/rubric:2: points are a whole number");
	refuse("0 | test closes | no\n", "x/rubric:1: points");
	refuse("1 | test opens | no\n", "there is no test 'opens'");
	refuse("1 | detector closes | no\n", "there is no detector 'closes'");
	refuse("1 | closes | no\n", "neither");
	refuse("1 | test closes | no\n1 | test closes | no\n", "x/rubric:2: 'test closes' is there twice");
	refuse("1 | promise test opens | its memory is free\n", "there is no test 'opens'");
	refuse("1 | promise test closes, sends | its memory is free\n", "neither");
	refuse("1 | promise  | its memory is free\n", "promise");
	refuse("1 | promise test closes | its memory is gone\n", "the header does not say 'its memory is gone'");
	refuse("1 | promise test closes | its memory is free\n1 | promise test sends | its memory is free\n",
	       "x/rubric:2: 'its memory is free' is there twice");
	refuse("1 | test closes |\n", "no sentence");
	refuse("1 | test closes\n", "a line is");
	refuse("# nothing\n", "no points");
}

Test(rubric, quotes_the_header_across_its_lines)
{
	read_as("9 | promise test closes, detector tsan | the caller may look at the wire without a lock\n");
	cr_assert_eq(rubric.items[0].kind, RUBRIC_PROMISE);
	cr_assert_eq(rubric.items[0].judge_count, 2);
	cr_assert_str_eq(rubric.items[0].judges[1].name, "tsan");
	rubric_release(&rubric);
}

/* What is written is read as the same. */
Test(rubric, is_written_as_it_is_read)
{
	static const char lines[] = "70 | test closes | It waits.\n"
				    " 9 | promise test closes, detector tsan | its memory is free\n"
				    "21 | detector drd | One | or the other.\n";
	char *text;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	read_as(lines);
	rubric_write(out, &rubric);
	fclose(out);
	cr_assert_str_eq(text, lines);
	rubric_release(&rubric);
	free(text);
}

/* --- scores --- */

static struct result results[2];

/* The plain tests, of which these failed, and tsan. */
static long score_of(const char *failed, bool silent)
{
	long points[8];

	results[0] = (struct result){.detector = detector_of_tests(),
				     .seen = {.failed = (char *)failed},
				     .verdict = {failed ? OBSERVED_FAILS : OBSERVED_PASSES, !failed, NULL}};
	results[1] = (struct result){.detector = detector_named("tsan"),
				     .verdict = {silent ? OBSERVED_SILENT : OBSERVED_FIRES, silent, NULL}};
	return rubric_score(&rubric, &(struct results){.items = results, .count = 2}, points);
}

static void read_even(void)
{
	read_as("25 | test sends | a\n25 | test closes | b\n50 | detector tsan | c\n");
}

Test(score, is_full_for_what_is_right, .init = read_even)
{
	cr_assert_eq(score_of(NULL, true), 10000);
}

Test(score, lacks_what_is_refused, .init = read_even)
{
	cr_assert_eq(score_of(NULL, false), 5000);
	/* A detector that saw half of it counts half. */
	cr_assert_eq(score_of("closes", true), 2500 + 2500);
	cr_assert_eq(score_of("closes", false), 2500);
}

static void read_promises(void)
{
	read_as("20 | test sends | a\n20 | test closes | b\n"
		"30 | promise test closes, detector tsan | nothing is sent any more\n"
		"30 | promise detector tsan | its memory is free\n");
}

/* One that detectors alone judge is given in the share of the tests. */
Test(score, of_a_promise_needs_all_of_its_judges, .init = read_promises)
{
	cr_assert_eq(score_of(NULL, true), 10000);
	cr_assert_eq(score_of(NULL, false), 4000);
	cr_assert_eq(score_of("closes", true), 2000 + 1500);
	cr_assert_eq(score_of("sends", true), 2000 + 3000 + 1500);
}

Test(score, knows_a_test_by_its_whole_name, .init = read_even)
{
	cr_assert_eq(score_of("it_closes, closes_it, not_sends", true), 10000);
	cr_assert_eq(score_of("a, closes, z", false), 2500);
	cr_assert_eq(score_of("sends, closes", false), 0);
}

Test(score, is_nothing_for_what_does_nothing, .init = read_even)
{
	cr_assert_eq(score_of("closes, sends", true), 0);
}

Test(score, counts_no_test_that_was_not_seen_to_pass, .init = read_even)
{
	long points[8];

	score_of("closes", true);
	results[0].seen.fault = FAULT_PROGRAM;
	cr_assert_eq(rubric_score(&rubric, &(struct results){.items = results, .count = 2}, points), 0);
	results[0].verdict.observed = OBSERVED_ERROR;
	cr_assert_eq(rubric_score(&rubric, &(struct results){.items = results, .count = 2}, points), 0);
	cr_assert_eq(rubric_score(&rubric, &(struct results){.items = results + 1, .count = 1}, points), 0);
}

Test(rubric, may_count_a_prediction)
{
	char *text = NULL;
	size_t size;

	read_as("10 | prediction | You have said who fires.\n90 | test closes | It waits.\n");
	cr_assert_eq(rubric.items[0].kind, RUBRIC_PREDICTION);
	cr_assert(rubric_asks_for_prediction(&rubric));
	FILE *out = open_memstream(&text, &size);
	rubric_write(out, &rubric);
	fclose(out);
	cr_assert(strstr(text, "10 | prediction  | You have said who fires.\n"), "%s", text);
	free(text);
	rubric_release(&rubric);
	refuse("10 | prediction | One.\n10 | prediction | Another.\n", "is there twice");
}

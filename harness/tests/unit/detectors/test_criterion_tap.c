/* What a Criterion program says of its tests. */
#include "tests/unit/captured.h"

#include "detectors/criterion/criterion_tap.h"

static struct test_results read_text(const char *text)
{
	struct test_results results;

	test_results_read(text, strlen(text), &results);
	return results;
}

Test(criterion_tap, reads_every_outcome)
{
	static const char *const failed[] = {"crashes", "expects",   "fails",	    "is_disabled",
					     "takes",	"times_out", "wrong_signal"};

	for (int i = 0; i < SYSTEMS; i++) {
		struct test_results results;
		size_t length;
		char *bytes = captured(systems[i], "tests.tap", &length);
		test_results_read(bytes, length, &results);
		cr_assert(results.complete);
		cr_assert_eq(results.ran, 9, "%d ran", results.ran);
		cr_assert_eq(results.failed_count, sizeof failed / sizeof *failed);
		for (size_t j = 0; j < results.failed_count; j++)
			cr_assert_str_eq(results.failed[j], failed[j]);
		/* In the order of the file, and of each test the first message alone. */
		cr_assert_str_eq(results.said, "takes: is 3\ntakes: is 2\nfails: one \"quoted\"\n"
					       "expects: The expression 0 is false.\n");
		test_results_release(&results);
		free(bytes);
	}
}

Test(criterion_tap, cut_short_anywhere_is_never_complete)
{
	for (int i = 0; i < SYSTEMS; i++) {
		size_t length;
		char *bytes = captured(systems[i], "tests.tap", &length);
		for (size_t end = 0; end < length; end++) {
			struct test_results results;
			char *part = cut(bytes, end);
			test_results_read(part, end, &results);
			cr_assert_not(results.complete, "cut at %zu", end);
			test_results_release(&results);
			free(part);
		}
		free(bytes);
	}
}

Test(criterion_tap, reads_a_run_where_all_pass)
{
	struct test_results results =
		read_text("TAP version 13\n1..2\n# Criterion v2.4.1\n#\n# Running 2 tests from s\n"
			  "ok - s::one  (0.00s)\nok - s::two  (0.01s)\n");

	cr_assert(results.complete);
	cr_assert_eq(results.ran, 2);
	cr_assert_eq(results.failed_count, 0);
	cr_assert_null(results.said);
	test_results_release(&results);
}

/* That is what Criterion says of a test that its timeout ended before it had begun. */
Test(criterion_tap, a_skipped_test_has_not_passed)
{
	struct test_results results = read_text("TAP version 13\n1..1\nok - s::one  # SKIP test was skipped\n");

	cr_assert(results.complete);
	cr_assert_eq(results.ran, 0);
	cr_assert_eq(results.failed_count, 1);
	cr_assert_str_eq(results.failed[0], "one");
	test_results_release(&results);
}

/* A description stands where Criterion says of another test that it crashed. */
Test(criterion_tap, a_test_may_have_a_description)
{
	struct test_results results =
		read_text("TAP version 13\n1..5\nnot ok - s::one with words (0.00s)\n  ---\n  failures:\n  ...\n"
			  "not ok - s::two timed out (of sight) (0.00s)\n  ---\n"
			  "      Assertion failed: two\n  ...\n"
			  "ok - s::three and more (0.00s)\nnot ok - s::four # SKIP it not (0.00s)\n  ---\n  ...\n"
			  "not ok - s::five unexpected signal after x.c:3\n");

	cr_assert(results.complete);
	cr_assert_eq(results.ran, 5);
	cr_assert_eq(results.failed_count, 4);
	cr_assert_str_eq(results.said, "two: two\n");
	test_results_release(&results);
}

Test(criterion_tap, counts_what_a_limit_of_time_has_ended)
{
	struct test_results results = read_text("TAP version 13\n1..3\nnot ok - s::one timed out (60.00s)\n"
						"not ok - s::two unexpected signal after x.c:3\n"
						"not ok - s::three timed out (60.00s)\n");

	cr_assert(results.complete);
	cr_assert_eq(results.timed_out, 2);
	test_results_release(&results);
}

Test(criterion_tap, refuses_what_it_does_not_know)
{
	static const char *const bad[] = {
		"",
		"\n",
		"{\"id\": \"Criterion v2.4.1\"}\n",
		"TAP version 14\n1..0\n",
		"TAP version 13\nok - s::one  (0.00s)\n",
		"TAP version 13\n1..x\n",
		"TAP version 13\n1..-1\n",
		"TAP version 13\n1..1 \nok - s::one  (0.00s)\n",
		"TAP version 13\n1..2\nok - s::one  (0.00s)\n",			    /* fewer than planned */
		"TAP version 13\n1..1\nok - s::one  (0.0s)\nok - s::two  (0.0s)\n", /* more than planned */
		"TAP version 13\n1..1\nok - one  (0.00s)\n",
		"TAP version 13\n1..1\nok - s::one\n",
		"TAP version 13\n1..1\nok - s::  (0.00s)\n",
		"TAP version 13\n1..1\nperhaps - s::one  (0.00s)\n",
		"TAP version 13\n1..1\nnot ok - s::one  (0.00s)\n", /* not explained */
		"TAP version 13\n1..1\nnot ok - s::one  (0.00s)\n  ---\nok - s::one\n  ...\n",
		"TAP version 13\n1..1\nBail out!\nok - s::one  (0.00s)\n",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct test_results results = read_text(bad[i]);
		cr_assert_not(results.complete, "%s", bad[i]);
		test_results_release(&results);
	}
}

Test(criterion_tap, is_not_misled_by_a_message)
{
	struct test_results results =
		read_text("TAP version 13\n1..1\nnot ok - s::one  (0.00s)\n  ---\n  assertions: 1\n  failures:\n"
			  "  - x.c:1: |+\n      ok - s::one  (0.00s)\n      ...\n\n  ...\n");

	/* Criterion leaves out an empty line of a message. */
	cr_assert_not(results.complete);
	cr_assert_eq(results.failed_count, 1);
	test_results_release(&results);
}

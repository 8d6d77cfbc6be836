/* The table of verdicts. */
#include "printed.h"

static void make_table(struct made_results *made)
{
	struct program *broken = broken_at(made, "02-ownership/implicit-contract");
	struct program *fixed = made_program(made, "02-ownership/implicit-contract", "fixed", ROLE_FIXED, "x");
	struct program *wrong = made_program(made, "02-ownership/implicit-contract", "wrong/detach", ROLE_WRONG, "y");
	struct program *right = made_program(made, "02-ownership/implicit-contract", "solution", ROLE_SOLUTION, "z");
	struct program *late = broken_at(made, "05-shutdown/lost-batch");

	made_result(made, broken, "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);
	made_result(made, broken, "helgrind", WORD_BLIND, OBSERVED_SILENT, NULL);
	made_result(made, fixed, "tsan", WORD_SILENT, OBSERVED_SILENT, NULL);
	made_result(made, fixed, "helgrind", WORD_FALSE_ALARM, OBSERVED_FIRES, NULL);
	made_result(made, wrong, "test", WORD_FAILS, OBSERVED_FAILS, NULL);
	made_result(made, right, "test", WORD_PASSES, OBSERVED_PASSES, NULL);
	made_result(made, wrong, "tsan", WORD_FIRES, OBSERVED_SILENT, "it does not report data-race in f, as declared");
	made_result(made, right, "tsan", WORD_SILENT, OBSERVED_SILENT, NULL);
	made_result(made, late, "tsan", WORD_FIRES, OBSERVED_SILENT, "it does not report data-race in f, as declared");
	made_result(made, late, "helgrind", WORD_FIRES, OBSERVED_ERROR, "it crashed");
}

Test(table, is_this)
{
	struct made_results made = {0};
	char *text = NULL;

	make_table(&made);
	PRINTED(text, report_table(out, unicode, &made.results));
	cr_assert_str_eq(text, "pitfall              program   test  tsan   helgrind\n"
			       "02-ownership\n"
			       "  implicit-contract  broken            ●       ○\n"
			       "                     fixed             ·       !\n"
			       "                     exercise  2/2   ✗ 1/2\n"
			       "05-shutdown\n"
			       "  lost-batch         broken            ✗       E\n"
			       "\n"
			       "● fires   ○ blind   · silent   ! false alarm   ✗ disagrees   E error\n"
			       "\n"
			       "10 checked, 7 as declared, 2 disagree, 1 errors\n");
	free(text);
	made_release(&made);
}

Test(table, has_marks_for_every_terminal)
{
	struct made_results made = {0};
	char *text = NULL;

	make_table(&made);
	PRINTED(text, report_table(out, plain, &made.results));
	for (const char *byte = text; *byte; byte++)
		cr_assert((unsigned char)*byte < 0x80);
	has(text, "* fires   o blind   . silent   ! false alarm   x disagrees   E error");
	free(text);
	made_release(&made);
}

Test(table, has_a_test_column_only_for_tests_and_names_only_marks_that_it_uses)
{
	struct made_results made = {0};
	char *text = NULL;

	made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);
	PRINTED(text, report_table(out, unicode, &made.results));
	has_not(text, "test");
	has(text, "\n● fires\n");
	has_not(text, "blind");
	has(text, "1 checked, 1 as declared, 0 disagree, 0 errors\n");
	free(text);
	made_release(&made);
}

Test(table, of_nothing_is_the_count)
{
	struct results none = {0};
	char *text = NULL;

	PRINTED(text, report_table(out, unicode, &none));
	cr_assert_str_eq(text, "0 checked, 0 as declared, 0 disagree, 0 errors\n");
	free(text);
}

Test(style, colours_only_where_it_may)
{
	struct made_results made = {0};
	struct style coloured = {.width = 80, .colour = true, .terminal = true, .utf8 = true};
	char *text = NULL;

	make_table(&made);
	PRINTED(text, report_table(out, coloured, &made.results));
	has(text, "\033[1;31m✗");
	free(text);
	PRINTED(text, report_table(out, unicode, &made.results));
	has_not(text, "\033");
	free(text);
	made_release(&made);
}

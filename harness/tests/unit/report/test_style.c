/* Text in columns: what a terminal shows of it, and nothing that it would obey. */
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/text.h"
#include "report/parts.h"

static void expect_cut(const char *text, int columns, const char *expected)
{
	struct text out;

	report_cut(text_open(&out), (struct style){.utf8 = true, .width = 80}, text, columns);
	char *cut = text_close(&out);
	cr_assert_str_eq(cut, expected);
	free(cut);
}

Test(style, characters_have_their_width)
{
	cr_assert_eq(columns_of("thread"), 6);
	cr_assert_eq(columns_of("Überlauf"), 8);
	cr_assert_eq(columns_of("線程"), 4);
	/* An accent that joins the letter before it. */
	cr_assert_eq(columns_of("e\xcc\x81"), 1);
	/* What is not UTF-8 takes a column for each byte. */
	cr_assert_eq(columns_of("\xff\xfe"), 2);
	cr_assert_eq(columns_of("a\xe7"), 2);
}

Test(style, a_cut_lies_between_characters)
{
	expect_cut("線程線程", 8, "線程線程");
	expect_cut("線程線程", 7, "線程線…");
	expect_cut("線程線程", 6, "線程…");
	expect_cut("e\xcc\x81tude", 4, "e\xcc\x81tu…");
}

/* 0x9b begins a sequence as ESC [ does, and stands in UTF-8 as two bytes. */
Test(style, no_control_character_is_printed)
{
	expect_cut("\033[2J\xc2\x9b"
		   "31m\x7f\r",
		   80, "?[2J?31m??");
}

Test(style, lines_are_broken_by_columns)
{
	struct text out;

	print_wrapped(text_open(&out), (struct style){.width = 10}, 2, "線程 線程 線程");
	char *text = text_close(&out);
	cr_assert_str_eq(text, "  線程\n  線程\n  線程\n");
	free(text);
}

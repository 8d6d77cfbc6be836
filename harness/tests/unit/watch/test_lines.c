/* Text in lines that fit. */
#include <criterion/criterion.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "watch/lines.h"

static struct lines lines;

static void add(const char *text, int width)
{
	lines_release(&lines);
	lines_add(&lines, text, width);
}

static void is(size_t index, const char *line)
{
	cr_assert_lt(index, lines.count);
	cr_expect_str_eq(lines.items[index], line);
}

Test(lines, break_between_words)
{
	add("one two three", 7);
	cr_expect_eq(lines.count, 2);
	is(0, "one two");
	is(1, "three");
	lines_release(&lines);
}

Test(lines, break_a_word_only_when_it_is_longer_than_a_line)
{
	add("a longerword b", 6);
	is(0, "a");
	is(1, "longer");
	is(2, "word b");
	lines_release(&lines);
}

Test(lines, go_on_where_their_own_text_began)
{
	add("    - one two three", 14);
	is(0, "    - one two");
	is(1, "      three");
	lines_release(&lines);
}

Test(lines, keep_what_is_empty)
{
	add("a\n\nb\n", 10);
	cr_expect_eq(lines.count, 3);
	is(1, "");
	lines_release(&lines);
}

Test(lines, give_colours_no_room)
{
	add("\033[1;31mred\033[0m one", 7);
	cr_expect_eq(lines.count, 1);
	is(0, "\033[1;31mred\033[0m one");
	cr_expect_eq(lines_columns("\033[1mab\033[0m"), 2);
	lines_release(&lines);
}

Test(lines, let_nothing_act_on_the_terminal)
{
	add("a\033]0;x\007b\033[2J", 40);
	is(0, "a?]0;x?b?[2J");
	lines_release(&lines);
}

Test(lines, count_columns_as_the_terminal_does)
{
	cr_assert(setlocale(LC_CTYPE, "C.UTF-8"));
	cr_expect_eq(lines_columns("…"), 1);
	cr_expect_eq(lines_columns("漢字"), 4);
	cr_expect_eq(lines_columns("e\xcc\x81"), 1);
	add("漢字漢字", 5);
	is(0, "漢字");
	is(1, "漢字");
	lines_release(&lines);
}

Test(lines, show_a_question_mark_for_what_the_locale_has_not)
{
	cr_assert(setlocale(LC_CTYPE, "C"));
	add("a…b", 10);
	is(0, "a?b");
	lines_release(&lines);
}

Test(lines, turn_tabs_to_blanks)
{
	add("\tx\ty", 20);
	is(0, "    x   y");
	lines_release(&lines);
}

Test(lines, of_strangers_lose_their_control_characters)
{
	struct text text;

	lines_print_clean(text_open(&text), "a\033[31m\tb\r\n");
	char *clean = text_close(&text);
	cr_expect_str_eq(clean, "a?[31m\tb?\n");
	free(clean);
}

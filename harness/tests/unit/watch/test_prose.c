/* A text of the book without its marks. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "watch/prose.h"

#define PATH "exercises/02-x/y/README.md"

static void becomes(const char *text, const char *words)
{
	char *made = prose_of(PATH, text);

	cr_expect_str_eq(made, words);
	free(made);
}

Test(prose, joins_the_lines_of_a_paragraph)
{
	becomes("one\ntwo\n\nthree\n", "one two\n\nthree\n");
}

Test(prose, names_the_file_that_a_link_leads_to)
{
	becomes("See [the solution](../../../solutions/02-x/y/x.c).\n", "See the solution (solutions/02-x/y/x.c).\n");
	becomes("[x.h](x.h#top)\n", "x.h (exercises/02-x/y/x.h)\n");
	becomes("[the manual](https://example.org/) and [below](#below)\n", "the manual and below\n");
}

Test(prose, follows_a_mark_over_the_end_of_a_line)
{
	becomes("[the\nsolution](x.c) and `two\nwords`\n", "the solution (exercises/02-x/y/x.c) and two words\n");
	becomes("- [one\n  more](x.c)\n- two\n", "- one more (exercises/02-x/y/x.c)\n- two\n");
	becomes("a `tick\n\n*b*\n", "a tick\n\nb\n");
}

Test(prose, loses_marks_and_keeps_code)
{
	becomes("*Who* waits for `x_stop()`, **and** why?\n", "Who waits for x_stop(), and why?\n");
	becomes("`a[i](b)` and 2 * 3\n", "a[i](b) and 2 * 3\n");
	becomes("Type\n\n    ./loose *x*\n\nnow\n", "Type\n\n    ./loose *x*\n\nnow\n");
	becomes("```c\nint  *x;\n```\n", "    int  *x;\n");
}

Test(prose, begins_an_item_on_a_line_of_its_own)
{
	becomes("a\n- one\n  more\n- two\n", "a\n- one more\n- two\n");
	becomes("## Title\ntext\n", "Title text\n");
}

Test(prose, leaves_out_marks_for_the_book_and_takes_anything)
{
	becomes("<!-- end -->\na\n", "a\n");
	becomes("[open](\n", "[open](\n");
	becomes("", "");
}

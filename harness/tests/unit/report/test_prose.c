/* The book's texts, laid out for a terminal. */
#include <stdio.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "report/report.h"

static void expect(const char *text, int width, int indent, const char *laid_out)
{
	const struct style style = {.width = width};
	char *shown = NULL;
	size_t size;
	FILE *out = open_memstream(&shown, &size);

	report_prose(out, style, indent, text);
	fclose(out);
	cr_assert_str_eq(shown, laid_out, "%s", shown);
	free(shown);
}

Test(prose, fits_the_window)
{
	expect("One two three\nfour five.\n\nSix.\n", 14, 0, "One two three\nfour five.\n\nSix.\n");
	expect("One two\nthree four", 60, 2, "  One two three four\n");
	expect("A word-that-is-longer-than-all.", 10, 0, "A\nword-that-is-longer-than-all.\n");
	expect("", 40, 0, "");
}

Test(prose, shows_the_words_of_links_and_of_bold)
{
	expect("**DRD** reads [line.h](../x/line.h), a[0](x) and [not this.", 80, 0,
	       "DRD reads line.h, a0 and [not this.\n");
}

Test(prose, keeps_lists_and_code)
{
	expect("Three:\n- one\n  goes on\n- two\n1. first\n2. second\n", 60, 0,
	       "Three:\n- one goes on\n- two\n1. first\n2. second\n");
	expect("Before\n\n```c\nint  x;\n\n\tint y;\n```\n\nAfter.", 20, 0,
	       "Before\n\n  int  x;\n\n  \tint y;\n\nAfter.\n");
	expect("    ./loose  run\nText.", 20, 0, "    ./loose  run\nText.\n");
	expect("<!-- says broken tsan -->\n```text\nx\n```\n<!-- end -->\n", 40, 0, "  x\n");
	expect("```\nnever closed", 40, 0, "  never closed\n");
}

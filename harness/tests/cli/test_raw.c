/* make raw, on the pitfalls that between them need every option and every kind of line: all of it takes minutes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

static void skip_without_names(void)
{
	if (system("[ -x \"$(command -v llvm-symbolizer || clang -print-prog-name=llvm-symbolizer)\" ]") != 0)
		cr_skip_test("ThreadSanitizer alone names no function here: there is no llvm-symbolizer");
}

/* --check-stack-var=yes; --free-is-write=yes and a library; a suppression, and a program of several files. */
Test(raw, the_lines_of_the_texts_give_the_verdicts, .timeout = 1800)
{
	skip_without_names();
	char line[TOOL_LINE];
	int status = tool_last_line("build/raw captured-loop-variable/broken shutdown-order credit-authoriser/fixed "
				    "2>&1",
				    line);
	unsigned lines = 0, programs = 0;

	cr_expect_eq(status, 0, "%s", line);
	cr_assert_eq(sscanf(line, "%u lines of %u programs", &lines, &programs), 2, "%s", line);
	cr_expect_eq(programs, 4, "%s", line);
	cr_expect_eq(lines, 28, "%s: three that build and four that judge, of each program", line);
	cr_expect(strstr(line, ": 0 not as declared\n"), "%s", line);
}

/* Else the test above could not fail. */
Test(raw, without_an_option_they_do_not, .timeout = 1800)
{
	char line[TOOL_LINE];
	int status = tool_last_line("build/raw --instead --check-stack-var=yes '' captured-loop-variable/broken "
				    "2>&1",
				    line);

	cr_expect_eq(status, 1, "%s", line);
	cr_expect_str_eq(line, "4 lines of 1 programs: 1 not as declared\n",
			 "only DRD's line has it, after three that build");
}

/* What is printed and what stands in a text is the same; a program that only our runner can start has no lines. */
Test(raw, commands_are_printed, .timeout = 60)
{
	char line[TOOL_LINE];

	cr_expect_eq(tool_last_line("build/loose run implicit fixed --commands", line), 0);
	cr_expect_str_eq(line, "  build/fixed\n");
	cr_expect_eq(tool_last_line("build/loose run implicit solution --commands 2>&1", line), 2);
	cr_expect(strstr(line, "line.c is run by its tests"), "%s", line);
}

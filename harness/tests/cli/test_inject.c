/* make inject, on one pair: all of it takes minutes. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tool.h"

#define PAIR "chapters/10-api-design/submit-after-stop/"

/* The fixed one starts two threads, and takes back half a pool when the second is refused. */
Test(inject, a_right_program_stands_every_fault, .timeout = 300)
{
	char line[TOOL_LINE];
	int status = tool_last_line("make -s build/plain/bin/" PAIR "fixed && build/inject " PAIR "fixed.c", line);
	unsigned injected = 0, programs = 0;

	cr_assert_eq(status, 0, "%s", line);
	cr_assert_eq(sscanf(line, "%u faults injected into %u programs", &injected, &programs), 2, "%s", line);
	cr_expect_eq(programs, 1, "%s", line);
	cr_expect_geq(injected, 4, "%s: a thread more than the pool's, and its memory", line);
	cr_expect(strstr(line, ": 0 crashed, 0 hung, 0 leaked, 0 broke a promise\n"), "%s", line);
}

Test(inject, a_promise_that_is_broken_is_a_fault, .timeout = 300)
{
	char line[TOOL_LINE];
	int status = tool_last_line("make -s build/plain/bin/" PAIR "broken && build/inject " PAIR "broken.c", line);

	cr_assert_eq(status, 1, "%s", line);
	cr_expect(strstr(line, " into 1 programs: "), "%s", line);
	cr_expect_null(strstr(line, " 0 broke a promise\n"), "%s", line);
}

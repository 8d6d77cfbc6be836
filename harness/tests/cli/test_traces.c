/* make traces, on one pitfall: all of it takes an hour. */
#include <criterion/criterion.h>

#include "scratch.h"
#include "tool.h"

Test(traces, a_pitfall_is_drawn_the_same_in_two_runs, .timeout = 600)
{
	char line[TOOL_LINE];

	cr_expect_eq(tool_last_line("build/traces 2 implicit-contract", line), 0, "%s", line);
	cr_expect_str_eq(line, "2 programs, 2 runs of each: 0 not the same\n");
}

Test(traces, what_was_drawn_is_kept_where_it_is_asked_for, .timeout = 600)
{
	struct scratch scratch;
	char line[TOOL_LINE], command[512];

	scratch_make(&scratch);
	snprintf(command, sizeof command, "build/traces 1 -o %s implicit-contract/fixed", scratch.root);
	cr_expect_eq(tool_last_line(command, line), 0, "%s", line);
	scratch_shell(&scratch, "grep -q '\"step\":1,' chapters-02-ownership-implicit-contract-fixed.c.first");
	scratch_shell(&scratch, "grep -q '\"step\":1,' chapters-02-ownership-implicit-contract-fixed.c.first-whole");
	scratch_remove(&scratch);
}

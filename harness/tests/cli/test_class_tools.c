/*
 * make grade-own, bench-grading and kill-judges, each on as little as it takes: a
 * workbook of one pitfall. Of all of it they take hours.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "scratch.h"
#include "tool.h"

static struct scratch scratch;

static void make(void)
{
	if (system("bwrap --unshare-all --ro-bind / / --proc /proc true >/dev/null 2>&1") != 0)
		cr_skip_test("no user namespaces, or no bubblewrap, on this machine");
	scratch_make(&scratch);
}

/* Of the fixes one wrong one is left. */
static void leave_few(void)
{
	scratch_shell(&scratch, "rm -r solutions/" PITFALL "/also-right && cd solutions/" PITFALL
				"/wrong && ls | sed 1d | xargs rm");
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(class_tools, .init = make, .fini = unmake, .timeout = 900);

/* In the scratch workbook, with its words in a file of it. */
static int run(const char *tool, char line[TOOL_LINE])
{
	char command[1024];

	snprintf(command, sizeof command, "cd '%s' && LOOSE_ROOT=$PWD ../%s 2>said", scratch.root, tool);
	return tool_last_line(command, line);
}

Test(class_tools, grade_own_finds_each_program_as_declared)
{
	char line[TOOL_LINE];

	leave_few();
	cr_expect_eq(run("grade-own --repeat 1", line), 0, "%s", line);
	cr_expect_str_eq(line, "1 right with full marks asked for, 1 wrong fixes, 1 starters; 0 disagree\n");
}

/* A wrong fix that is declared right has no full marks, and the tool says so. */
Test(class_tools, grade_own_finds_one_that_is_not_as_declared)
{
	char line[TOOL_LINE];

	scratch_shell(&scratch, "rm -r solutions/" PITFALL "/also-right && mkdir solutions/" PITFALL
				"/also-right && cp exercises/" PITFALL "/line.c solutions/" PITFALL
				"/also-right/starter.c && rm -r solutions/" PITFALL "/wrong");
	cr_expect_eq(run("grade-own --repeat 1", line), 1, "%s", line);
	cr_expect_str_eq(line, "2 right with full marks asked for, 0 wrong fixes, 1 starters; 1 disagree\n");
}

/* Of two submissions the start of the grader takes the most. */
Test(class_tools, bench_grading_ends_with_a_share_of_the_machine)
{
	char line[TOOL_LINE];
	double efficiency = 0;

	cr_expect_eq(run("bench-grading 2 " PITFALL " solutions/" PITFALL "/line.c 1", line), 0, "%s", line);
	cr_expect_eq(sscanf(line, "efficiency %lf\n", &efficiency), 1, "%s", line);
	cr_expect(efficiency > 0 && efficiency <= 1, "%s", line);
	/* What does not pass measures nothing. */
	cr_expect_eq(run("bench-grading 1 " PITFALL " exercises/" PITFALL "/line.c 1", line), 3, "%s", line);
}

Test(class_tools, kill_judges_kills_one_and_finds_no_fault)
{
	char line[TOOL_LINE];
	int kills[4], late, faults;

	cr_expect_eq(run("kill-judges 1 1 " PITFALL, line), 0, "%s", line);
	cr_assert_eq(sscanf(line,
			    "%d times the harness, %d times a supervisor, %d times a program, %d times a detector, %d "
			    "times too late; %d faults\n",
			    &kills[0], &kills[1], &kills[2], &kills[3], &late, &faults),
		     6, "%s", line);
	/* One that comes too late is tried once more. */
	cr_expect(kills[0] + kills[1] + kills[2] + kills[3] == 1 || late == 2, "%s", line);
	cr_expect_eq(faults, 0);
}

/* gdb in the test that fails: with a gdb of our own, which runs what it is given as it would. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

static struct scratch scratch;

static void begin(void)
{
	scratch_make(&scratch);
}

static void end(void)
{
	scratch_remove(&scratch);
}

TestSuite(debug, .init = begin, .fini = end, .timeout = 600);

static const char gdb[] = "#!/bin/sh\n"
			  "echo \"gdb was given: $*\"\n"
			  "while [ \"$1\" != --args ]; do\n"
			  "	case $1 in 'set environment LD_LIBRARY_PATH '*) library=${1##* } ;; esac\n"
			  "	shift\n"
			  "done\n"
			  "shift\n"
			  "LD_LIBRARY_PATH=$library exec \"$@\" 2>&1\n";

Test(debug, opens_the_test_that_fails_and_no_other)
{
	scratch_tool(&scratch, "gdb", gdb);
	struct outcome outcome = scratch_loose(&scratch, "debug implicit");

	cr_expect(strstr(outcome.out, "Opening gdb in the test sends_nothing_after_close of work/" PITFALL "/line.c"),
		  "%s%s", outcome.out, outcome.err);
	cr_expect(strstr(outcome.out, "harness/commands/debug.gdb"), "%s", outcome.out);
	cr_expect(strstr(outcome.out, "line::sends_nothing_after_close failed") ||
			  strstr(outcome.out, "a frame was still under way"),
		  "%s", outcome.out);
	cr_expect_not(strstr(outcome.out, "closes_in_the_middle"), "%s", outcome.out);
	outcome_release(&outcome);
	/* Any test can be named. */
	outcome = scratch_loose(&scratch, "debug implicit closes_in_the_middle_of_an_interval");
	cr_expect(strstr(outcome.out, "--only=closes_in_the_middle_of_an_interval"), "%s%s", outcome.out, outcome.err);
	cr_expect_eq(outcome.status, 0, "%s", outcome.out);
	outcome_release(&outcome);
}

Test(debug, says_what_keeps_it_from_that)
{
	struct outcome outcome = scratch_loose(&scratch, "debug nonesuch");

	cr_expect_eq(outcome.status, 2);
	outcome_release(&outcome);

	char *solution = scratch_read(&scratch, "solutions/" PITFALL "/line.c");
	outcome = scratch_loose(&scratch, "next");
	outcome_release(&outcome);
	scratch_write(&scratch, "work/" PITFALL "/line.c", solution);
	free(solution);
	outcome = scratch_loose(&scratch, "debug implicit");
	cr_expect_eq(outcome.status, 2, "%s", outcome.out);
	cr_expect(strstr(outcome.err, "no test of " PITFALL " fails"), "%s", outcome.err);
	outcome_release(&outcome);

	scratch_write(&scratch, "work/" PITFALL "/line.c", "int oops\n");
	outcome = scratch_loose(&scratch, "debug implicit");
	cr_expect_eq(outcome.status, 2, "%s", outcome.out);
	cr_expect(strstr(outcome.err, "does not compile"), "%s", outcome.err);
	outcome_release(&outcome);
}

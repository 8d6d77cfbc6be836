/* How a program of the reader's own ended, as he is shown it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/text.h"
#include "report/report.h"
#include "tests/unit/made_results.h"

static const struct style plain = {.width = 80};

static char *shown(const struct made_results *made, size_t index)
{
	struct text text;
	FILE *out = text_open(&text);

	report_result(out, plain, "/w", &made->results.items[index]);
	report_ending(out, plain, "/w", &made->results, index);
	return text_close(&text);
}

static void expect(const struct made_results *made, size_t index, const char *expected)
{
	char *text = shown(made, index);

	cr_assert_str_eq(text, expected);
	free(text);
}

static struct result *own(struct made_results *made, const struct program *program, const char *detector,
			  enum observed observed, const char *why)
{
	struct result *result = made_seen(made, program, detector, observed);

	result->verdict.agrees = !why;
	result->verdict.why = why ? mem_copy(why) : NULL;
	return result;
}

static struct program *program_of(struct made_results *made)
{
	struct program *program = made_program(made, "", "program", ROLE_OTHER, "/home/x/prog.c");

	program->declared = false;
	return program;
}

/* The words once, for all runs that ended alike; a run that ended otherwise has its own. */
Test(ending, alike_is_told_once)
{
	struct made_results made = {0};
	const struct program *program = program_of(&made);

	for (size_t i = 0; i < 3; i++) {
		struct result *result = own(&made, program,
					    i == 0   ? "tsan"
					    : i == 1 ? "helgrind"
						     : "drd",
					    OBSERVED_SILENT, i < 2 ? "it ended with status 3" : NULL);
		result->seen.status = i < 2 ? 3 : 0;
		result->seen.errors = mem_copy(i < 2 ? "no configuration\n" : "ready\n");
	}
	expect(&made, 0, "tsan: silent\n  it ended with status 3\n\nOn its standard error\n  no configuration\n\n");
	expect(&made, 1, "helgrind: silent\n  it ended with status 3\n");
	expect(&made, 2, "drd: silent\n\nOn its standard error\n  ready\n\n");
	made_release(&made);
}

static void stand(struct result *result, const char *role, int line)
{
	struct stack *stack = observation_add_standing(&result->seen, role);

	stack_add_frame(stack, "pthread_mutex_lock", NULL, 0, false);
	stack_add_frame(stack, "move", "/home/x/prog.c", line, true);
}

Test(ending, threads_that_stand_alike_are_counted)
{
	struct made_results made = {0};
	const struct program *program = program_of(&made);
	struct result *result = own(&made, program, "tsan", OBSERVED_CUT, "it hung");

	result->seen.ending = ENDED_DEADLOCKED;
	stand(result, "Main thread waits for the mutex 'a', which it holds itself", 7);
	stand(result, "Thread b 1 waits for the mutex 'a', which main thread holds", 9);
	stand(result, "Thread b 2 waits for the mutex 'a', which main thread holds", 9);
	stand(result, "Thread b 3 waits for the mutex 'a', which main thread holds", 9);
	expect(&made, 0,
	       "tsan: saw nothing until the program ended\n  it hung\n\nWhere its threads stood\n"
	       "  Main thread waits for the mutex 'a', which it holds itself, in\n"
	       "  pthread_mutex_lock, called from move (prog.c:7):\n"
	       "  Thread b 1 waits for the mutex 'a', which main thread holds, in\n"
	       "  pthread_mutex_lock, called from move (prog.c:9):\n"
	       "    2 more threads stand there too.\n\n");
	/* Another run in the same deadlock says no more than that. */
	result = own(&made, program, "budget", OBSERVED_CUT, "it hung");
	result->seen.ending = ENDED_DEADLOCKED;
	stand(result, "Main thread waits for the mutex 'a', which it holds itself", 7);
	expect(&made, 1, "budget: saw nothing until the program ended\n  it hung\n");
	made_release(&made);
}

/* A tool that cannot watch the program crashes in a place of its own. */
Test(ending, where_a_tool_gave_up_is_not_shown)
{
	struct made_results made = {0};
	struct result *result = own(&made, program_of(&made), "drd", OBSERVED_ERROR, "DRD does not know it");

	observation_blame(&result->seen, FAULT_UNFIT, "DRD does not know it");
	stand(result, "Main thread got SIGSEGV", 7);
	expect(&made, 0, "drd: cannot judge this program\n  DRD does not know it\n\n");
	made_release(&made);
}

/* No control character reaches the terminal. */
Test(ending, what_was_written_is_harmless)
{
	struct made_results made = {0};
	struct result *result = own(&made, program_of(&made), "tsan", OBSERVED_SILENT, NULL);

	result->seen.output = mem_copy("\033[2Jgone\n");
	expect(&made, 0, "tsan: silent\n\nOn its standard output\n  ?[2Jgone\n\n");
	made_release(&made);
}

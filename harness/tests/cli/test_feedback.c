/*
 * What a learner is told of an exercise that is not solved yet: whatever the
 * file does to its test, the fault is the file's, and the first line says it.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

#define MINE "exercises/" PITFALL "/mine.c"
#define JOIN "\tCHECK(pthread_join(line->pinger, NULL));\n"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
	char *solution = scratch_read(&scratch, "solutions/" PITFALL "/line.c");
	scratch_write(&scratch, MINE, solution);
	free(solution);
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(feedback, .init = make, .fini = unmake, .timeout = 600);

/* Line breaks and indents count as blanks. */
static void has(const char *text, const char *words)
{
	char *line = strdup(text), *to = line;

	for (const char *at = text; *at; at++) {
		bool blank = *at == '\n' || *at == ' ';
		if (!blank || to == line || to[-1] != ' ')
			*to++ = (char)(blank ? ' ' : *at);
	}
	*to = '\0';
	cr_assert(strstr(line, words), "no '%s' in:\n%s", words, text);
	free(line);
}

static size_t times(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

/* `check` of the file ends with this status, and the text that it prints is the test's to free. */
static char *checked(int status)
{
	struct outcome outcome = scratch_loose_in(&scratch, ".", "", "check " MINE " --timeout 3000");

	cr_assert_eq(outcome.status, status, "status %d: %s%s", outcome.status, outcome.out, outcome.err);
	free(outcome.err);
	return outcome.out;
}

/* The deadline is far: a run that waits for it does not end in time. */
Test(feedback, a_test_that_hangs_says_where)
{
	scratch_replace(&scratch, MINE, JOIN,
			"\tstatic pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n"
			"\tCHECK(pthread_mutex_lock(&lock));\n\tCHECK(pthread_mutex_lock(&lock));\n" JOIN);
	char *text = checked(1);
	has(text,
	    "2 of 2 tests fail (closes_in_the_middle_of_an_interval, sends_nothing_after_close), and one hangs: ");
	has(text, "waits for the mutex 'line_close.lock', which it holds itself");
	has(text, "Where its threads stood");
	has(text, "called from line_close (mine.c:");
	cr_assert_eq(times(text, "Where its threads stood"), 1, "%s", text);
	cr_assert_eq(times(text, "these tests fail"), 1, "%s", text);
	free(text);
}

Test(feedback, a_double_join_is_the_learners_fault)
{
	scratch_replace(&scratch, MINE, JOIN, JOIN JOIN);
	char *text = checked(1);
	has(text, "A join of a thread that cannot be joined, in line_close (mine.c:");
	has(text, "ThreadSanitizer and Helgrind see it");
	free(text);
}

Test(feedback, so_is_a_check_that_fails)
{
	scratch_replace(&scratch, MINE, JOIN, JOIN "\tCHECK(22);\n");
	char *text = checked(1);
	has(text,
	    "2 of 2 tests fail: closes_in_the_middle_of_an_interval, sends_nothing_after_close; the last says: mine.c:");
	has(text, ": 22: Invalid argument. ");
	cr_assert(!strstr(text, "cannot be judged"), "%s", text);
	has(text, "Where it was killed");
	has(text, "got SIGABRT, in line_close (mine.c:");
	cr_assert_eq(times(text, "these tests fail"), 1, "%s", text);
	free(text);
}

Test(feedback, so_is_an_end_of_the_process)
{
	scratch_replace(&scratch, MINE, JOIN, JOIN "\texit(0);\n");
	char *text = checked(1);
	has(text, "exit() was called inside a test");
	free(text);
}

Test(feedback, so_is_a_thread_that_nobody_joins)
{
	scratch_replace(&scratch, MINE, JOIN, "");
	free(checked(1));
}

Test(feedback, a_right_file_is_told_as_such)
{
	char *text = checked(0);
	cr_assert_eq(strncmp(text, "All 2 tests pass and all five detectors are silent.\n", 52), 0, "%s", text);
	free(text);
}

/* Once, for one flavour; and as the reader would name the file from where he is. */
Test(feedback, the_compilers_error_is_told_once)
{
	scratch_replace(&scratch, MINE, JOIN, "\tCHECK(pthread_join(line->pinger, nothing));\n");
	struct outcome outcome = scratch_loose_in(&scratch, "exercises/" PITFALL, "", "check mine.c");
	cr_assert_eq(outcome.status, 2, "status %d: %s%s", outcome.status, outcome.out, outcome.err);
	cr_assert_eq(times(outcome.err, "error: use of undeclared identifier 'nothing'"), 1, "%s", outcome.err);
	cr_assert_eq(strncmp(outcome.err, "mine.c:", 7), 0, "%s", outcome.err);
	has(outcome.err, "loose: mine.c does not compile");
	outcome_release(&outcome);
}

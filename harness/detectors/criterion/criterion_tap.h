/*
 * What a Criterion program says of its tests with --tap=FILE. Of the formats that Criterion
 * 2.4.1 has, this is the only one that it always writes right: its JSON leaves
 * quotes in messages as they are (Snaipe/Criterion#465), and its XML breaks on
 * a control character. TAP indents a message, so no message can be taken for a
 * result.
 *
 * A test that was skipped counts as failed: Criterion says "ok" and "skipped"
 * also of a test that its timeout ended before it had begun.
 *
 * The runner of runtime/runner says the same, and before a test's result in a
 * comment in which process it was: "# in process 123". Both say "# killed" when
 * a test was killed by SIGKILL and not for its time.
 *
 * Pure: bytes in, results out.
 */
#ifndef LOOSE_CRITERION_TAP_H
#define LOOSE_CRITERION_TAP_H

#include <stdbool.h>
#include <stddef.h>

/* One test, or one with one of its parameters. */
struct test_process {
	long pid;
	bool failed;
};

struct test_results {
	int ran;       /* those that were skipped did not run */
	char **failed; /* or skipped: names without the suite, sorted, each once */
	size_t failed_count;
	char *said; /* a line for each that has explained itself, "name: its first message"; NULL when none has */
	struct test_process *processes; /* of those that say in which process they were */
	size_t process_count;
	int timed_out; /* tests that their limit of time ended */
	bool killed;   /* a test was: by itself, by another process, or by a machine that is full */
	bool complete; /* there is a result for each test of the plan, whole */
};

/* Fills `results`, which test_results_release() empties. */
void test_results_read(const char *bytes, size_t length, struct test_results *results);
void test_results_release(struct test_results *results);

#endif

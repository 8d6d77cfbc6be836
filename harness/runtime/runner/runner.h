/*
 * What test programs load in Criterion's place when a detector looks on:
 * build/runner/libcriterion.so.N, of Criterion's own soname, found by
 * LD_LIBRARY_PATH. Tests are registered and written as for Criterion, and the
 * program is the one that it runs.
 *
 * Criterion starts a new image of the program for each test, and the detector
 * starts with it each time, which costs more than most tests. Here each test is
 * a fork of one image. It is forked in this library's constructor, which runs
 * before the program's own: so each test has constructors, main() and an exit
 * of its own, and to it and its detector it is a whole program; the process
 * that forks never runs a line of it, has one thread, and loads nothing else.
 *
 *     runner.c      which tests there are, their order, their processes
 *     criterion.c   the functions of Criterion that tests call
 *     results.c     what became of each test, as Criterion's TAP
 *
 * A test's process tells its outcome in memory that it shares with the runner:
 * no descriptor that it could close, no lock that it could hold. The runner sends
 * them to the harness (wire/channel.h), and takes the secret for that out of each
 * test's process. Outcomes are Criterion's 2.4.1, but that a test which runs out of time is killed with its
 * whole process group whatever it does about signals, which hangs Criterion; and
 * that one which ends before it begins has crashed, and one that hangs at its
 * exit has timed out, where Criterion leaves the test out, or gives up itself.
 * Theories, redirections, files and report hooks are not there: a test that uses
 * them does not load under a detector.
 */
#ifndef LOOSE_RUNNER_H
#define LOOSE_RUNNER_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/* Everything else is hidden. */
#define EXPORT __attribute__((visibility("default")))

/* How far a test has come. */
enum phase { STARTED, SETUP, BODY, TEARDOWN, OVER };

/* What a test's process tells. The runner reads it once the process has ended. */
struct told {
	enum phase phase;
	bool skipped, died;	      /* by cr_skip_test() or criterion_test_die() */
	size_t passed, failed;	      /* those that have passed when the body ended */
	size_t failed_in_body;	      /* what fails later fails no test */
	long long began_ns, ended_ns; /* of its body */
	char why[1024];		      /* it was skipped; empty when it did not say */
	size_t used;		      /* of `text`; more than its size when something did not fit */
	char text[1 << 20];	      /* struct failure, one after the other */
};

/* The record of an assertion that failed. */
struct failure {
	size_t size; /* of all of it; 0 when it is not whole: the process ended in the middle */
	unsigned line;
	size_t message; /* where the message begins in `text`, after the file's name */
	char text[];
};

/* One test, or one test with one of its parameters. */
struct outcome {
	const struct criterion_test *test;
	enum { PASSED, FAILED, CRASHED, TIMED_OUT, SKIPPED } how;
	bool warns; /* killed by a signal when its body was over, which is not a failure to Criterion */
	double seconds;
	pid_t process;	   /* 0: it is disabled */
	struct told *told; /* a copy as long as what was told; NULL when it is disabled */
};

/* One suite, with its outcomes in the order in which they came. */
struct suite {
	struct criterion_suite suite;
	struct criterion_test **tests; /* sorted by name */
	size_t test_count;
	struct outcome *outcomes;
	size_t outcome_count;
};

/* --- runner.c --- */

extern struct told *told;
/* Those that this process runs; NULL in the runner. Criterion's own names for them are constants. */
extern const struct criterion_test *current_test;
extern const struct criterion_suite *current_suite;
/* Ends a process that is not the test's own: a child that it forked has no say in its outcome. */
void runner_refuse_child(void);
/* Says why and aborts. */
_Noreturn void runner_refuse(const char *why);
/* The parameter of the test that this process runs. */
void *runner_parameter(void);

/* --- results.c --- */

/* Writes the failures to standard error, for who runs the program by hand. */
void results_print(const struct outcome *outcome);
/* Writes them as Criterion does with --tap=PATH, and in which process each test was. */
void results_write(FILE *file, const struct suite *suites, size_t count);

#endif

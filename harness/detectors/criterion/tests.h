/* Running a Criterion program under any detector, and reading which tests failed. */
#ifndef LOOSE_TESTS_H
#define LOOSE_TESTS_H

#include "verdict/detector.h"

/*
 * For a run under a detector: has the program load runtime/runner, which forks
 * each test from one image, in place of Criterion, which starts an image, and
 * the detector, for each. Nothing for a run without tests.
 */
void tests_prepare(const struct run *run, struct command *command);
/*
 * The same, and any run loads its libraries from `directory`, absolute, before
 * it looks where the machine has them. NULL: as tests_prepare().
 */
void tests_prepare_with(const struct run *run, struct command *command, const char *directory);
/*
 * Fills seen->tests and seen->failed; a result that is missing, cut short or
 * about no test at all is a fault of the program. Nothing for a run without
 * tests.
 */
void tests_collect(const struct run *run, struct observation *seen);

#endif

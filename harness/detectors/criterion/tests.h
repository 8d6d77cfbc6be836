/* Running a Criterion program under any detector, and reading which tests failed. */
#ifndef LOOSE_TESTS_H
#define LOOSE_TESTS_H

#include "verdict/detector.h"

/*
 * Fills seen->tests and seen->failed; a result that is missing, cut short or
 * about no test at all is a fault of the program. Nothing for a run without
 * tests.
 */
void tests_collect(const struct run *run, struct observation *seen);

#endif

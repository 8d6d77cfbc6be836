/*
 * What the parts of an exercise are worth: the file "rubric" of the exercise, which
 * learners may read. A line is
 *
 *     20 | test closes_in_the_middle_of_an_interval | It does not wait for the interval to pass.
 *      8 | detector tsan | Whatever two threads touch is ordered by a lock, a join or a condition.
 *
 * where the points are a whole number, and lines that are empty or begin with '#' are
 * passed over. Without the file the tests share 60 points and the detectors 40.
 *
 * A detector is silent about what never ran, so its points are given in the share
 * in which the tests have theirs: a program that does nothing has nothing.
 */
#ifndef LOOSE_GRADING_RUBRIC_H
#define LOOSE_GRADING_RUBRIC_H

#include "verdict/result.h"

/* Points are counted in hundredths, so that sums are exact. */
enum { RUBRIC_POINT = 100 };

struct rubric_item {
	long points; /* hundredths */
	bool test;   /* else a detector */
	char *name;
	char *sentence;
};

struct rubric {
	struct rubric_item *items;
	size_t count;
};

/*
 * Of this pitfall's exercise below `root`. 0, or -1 with one line in *error for the caller to free: a line is not as above,
 * or names a test or a detector that is not there, or one twice.
 */
int rubric_load(struct rubric *rubric, const char *root, const char *pitfall, char **error);
/* The same from text: of the file, called `path` in messages, or NULL for the default, and of the exercise's test.c. */
int rubric_read(struct rubric *rubric, const char *path, const char *text, const char *tests, char **error);
void rubric_release(struct rubric *rubric);

/* All that there is to have, in hundredths. */
long rubric_total(const struct rubric *rubric);
/* Whether the results, of one submission, hold to the item: its test passed, its detector was silent in every run. */
bool rubric_keeps(const struct rubric_item *item, const struct results *results);
/* What each item brings, into `points` with room for all; returns the sum. */
long rubric_score(const struct rubric *rubric, const struct results *results, long *points);

#endif

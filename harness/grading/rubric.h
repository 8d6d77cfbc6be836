/*
 * What the parts of an exercise are worth: the file "rubric" of the exercise, which
 * learners may read. A line is one of
 *
 *     20 | test closes_in_the_middle_of_an_interval | It does not wait for the interval to pass.
 *     15 | promise test is_at_rest, detector tsan | no thread uses the line, and its memory is free
 *      4 | detector tsan | Whatever two threads touch is ordered by a lock, a join or a condition.
 *
 *     10 | prediction | You have said which detectors fire over the chapter's program.
 *
 * where the points are a whole number, and lines that are empty or begin with '#' are
 * passed over. A promise is a sentence, or a part of one, of the exercise's header, word by
 * word; it holds when all that the line names are content. Without the file the tests share
 * 60 points and the detectors 40.
 *
 * A detector is silent about what never ran, so its points, and those of a promise that
 * detectors alone judge, are given in the share in which the tests have theirs: a program
 * that does nothing has nothing.
 */
#ifndef LOOSE_GRADING_RUBRIC_H
#define LOOSE_GRADING_RUBRIC_H

#include <stdio.h>

#include "verdict/result.h"

/* Points are counted in hundredths, so that sums are exact. */
enum { RUBRIC_POINT = 100 };

enum rubric_kind { RUBRIC_TEST, RUBRIC_PROMISE, RUBRIC_DETECTOR, RUBRIC_PREDICTION };
/* "test", "promise", "detector" or "prediction". */
const char *rubric_kind_name(enum rubric_kind kind);

/* Who says whether a promise holds. */
struct rubric_judge {
	enum rubric_kind kind; /* a test or a detector */
	char *name;
};

struct rubric_item {
	long points; /* hundredths */
	enum rubric_kind kind;
	char *name; /* of a promise: its sentence */
	char *sentence;
	struct rubric_judge *judges; /* of a promise */
	size_t judge_count;
};

struct rubric {
	struct rubric_item *items;
	size_t count;
};

/*
 * Of this pitfall's exercise below `root`. 0, or -1 with one line in *error for the caller to free: a line is not as above,
 * or names a test or a detector that is not there, or one twice, or a promise that the header does not make.
 */
int rubric_load(struct rubric *rubric, const char *root, const char *pitfall, char **error);
/*
 * The same from text: of the file, called `path` in messages, or NULL for the default, of the exercise's test.c, and of its
 * header.
 */
int rubric_read(struct rubric *rubric, const char *path, const char *text, const char *tests, const char *header,
		char **error);
/*
 * The same for hidden tests (hidden.h), of which a learner is told the sentence and no name: one that is empty tells nothing.
 * Without a file the tests share 40 points, and nothing is told. `text` is of the file, or NULL; a promise is one of the
 * headers of the exercise below `root`.
 */
int rubric_load_hidden(struct rubric *rubric, const char *root, const char *pitfall, const char *path, const char *text,
		       const char *tests, char **error);
/* As it may stand in the file. */
void rubric_write(FILE *out, const struct rubric *rubric);
void rubric_release(struct rubric *rubric);

/* All that there is to have, in hundredths. */
long rubric_total(const struct rubric *rubric);
/*
 * Whether the results, of one submission, hold to the item: its test passed, its detector was silent in every run, and of a
 * promise all of its judges are content.
 */
bool rubric_keeps(const struct rubric_item *item, const struct results *results);
/* Whether a prediction counts. */
bool rubric_asks_for_prediction(const struct rubric *rubric);
/* What each item brings, into `points` with room for all; returns the sum. Of a prediction no result says anything: 0. */
long rubric_score(const struct rubric *rubric, const struct results *results, long *points);

#endif

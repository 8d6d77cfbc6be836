/*
 * What was found of one submission of an exercise, as one JSON object, schema
 * loose-threads/grade/1. Everything that is written for people and servers is made
 * of such records, and nothing of anything else.
 *
 *     schema, submission, exercise, file ("NN-name/pitfall/x.c"), outcome, why (null where nothing is to say),
 *     suspicious (what a person is to look at, though it is judged; null: nothing), points, of (numbers), toolchain {clang, valgrind, glibc, kernel},
 *     items [{kind "test", "promise", "detector" or "prediction", name, points, of, kept, sentence, judges [..] of a promise}],
 *     runs [{detector, observed, agrees, runs, fired, delays (seed of the second run's, each further
 *       one has the next; null: none), why, said, cpu_ms, wall_ms, findings [{kind, function, file,
 *       line, words, stacks [{role, fault, frames [{function, file, line, own}]}]}]}]
 *
 * Where an instructor has hidden tests (hidden.h), items and runs of theirs have "hidden": true, and so has the record when
 * "why" is about them; then "not_built" is true where they cannot be built with the submission. record_shown() is the same without what is only the instructor's: items of hidden tests have the kind
 * "hidden" there, and the name "tests".
 *
 * The person's file is called by its name in the submission. What stands in a place
 * of this machine has no path.
 */
#ifndef LOOSE_GRADING_RECORD_H
#define LOOSE_GRADING_RECORD_H

#include <jansson.h>

#include "hidden.h"
#include "predicted.h"
#include "rubric.h"
#include "submissions.h"

/* The last two are not grades: a person looks at them. */
enum grade { GRADE_PASSED, GRADE_FAILED, GRADE_TAMPERED, GRADE_CANNOT_JUDGE };
/* "passed", "failed", "tampered", "cannot-judge". */
const char *grade_name(enum grade grade);
/* Of a record. */
enum grade record_grade(const json_t *record);

/* Whose submission, of which exercise, judged where and by what. */
struct record_subject {
	const char *person, *pitfall;
	const char *file;  /* "NN-name/pitfall/x.c" */
	const char *root;  /* of the workbook */
	const char *place; /* the folder below the root where the file was compiled, "build/submissions/..." */
	const struct toolchain *toolchain;
	const char *suspicious; /* what a person is to look at, in one line; NULL: nothing */
	const struct rubric *rubric;
	struct predicted predicted;
	const struct hidden *hidden;	      /* tests that nobody is shown; NULL: none */
	const struct results *hidden_results; /* of them; NULL: they did not run */
};

/* Of what was judged: passed only when all agree. A new reference. */
json_t *record_of_results(const struct record_subject *subject, const struct results *results);
/* Of what could not be taken from the submission, so that nothing ran. A new reference. */
json_t *record_of_taken(const struct record_subject *subject, const struct taken *taken);
/*
 * What of a record may be shown to the person: of hidden tests their points, and the sentence that the instructor has for
 * them; those without one are one item together. A new reference.
 */
json_t *record_shown(const json_t *record);
/* What a record of a right program tells of hidden tests. */
enum record_hidden {
	HIDDEN_KEPT,	 /* nothing */
	HIDDEN_UNJUDGED, /* they came to no verdict, and are not known to be to blame */
	HIDDEN_WRONG,	 /* they refuse it, or cannot be built with it */
};
/* With the words for their author in *words, for the caller to free; NULL: HIDDEN_KEPT. */
enum record_hidden record_lost_hidden(const json_t *record, char **words);
/*
 * The same text where the person's file has the name that it has in the submission, and the workbook's folder is left out;
 * for the caller to free.
 */
char *record_words(const struct record_subject *subject, const char *text);

/* "62", "62.5" or "62.51", of a record's points; into a buffer of that size, which is returned. */
enum { POINTS_SIZE = 32 };
const char *points_text(char *buffer, long hundredths);
/* The points that a record has under this key, in hundredths. */
long record_points(const json_t *object, const char *key);
/* The text under this key; "" when there is none. */
const char *record_text(const json_t *object, const char *key);
/* The first two lines of its "why" in one: "it does not compile:" alone says nothing. For the caller to free. */
char *record_why_in_a_line(const json_t *record);

#endif

/*
 * What is given to people and to their servers, made of records (record.h) alone. The
 * functions that write return 0, or -1 with errno when something written is lost.
 *
 * What came from a submission is data wherever it stands: it cannot become an
 * element, a formula of a spreadsheet, a heading, or a control character.
 */
#ifndef LOOSE_GRADING_OUTPUTS_H
#define LOOSE_GRADING_OUTPUTS_H

#include <stdio.h>

#include "record.h"

/* --- of one submission: of what may be shown of its record (record_shown()) --- */

/*
 * The page that a person reads, in Markdown, for the caller to free: the outcome, one sentence of the contract that does
 * not hold and one finding first, in their own source, then the rest. `results` is what was judged; NULL: nothing.
 */
char *feedback_page(const struct record_subject *subject, const json_t *record, const struct results *results);
/* results.json as Gradescope reads it, and as PrairieLearn does, of a person's records; a new reference. */
json_t *gradescope_results(const json_t *records);
json_t *prairielearn_results(const json_t *records);

/* --- of the class: record by record, for a class may be larger than the memory --- */

/* A line for each record: submission, exercise, outcome, points, of, why, suspicious. Without points where there is no grade. */
void grades_begin(FILE *out);
void grades_add(FILE *out, const json_t *record);

/* A line for each item of an exercise, and for each outcome: whom it refused. `tally` is an array, empty at first. */
void items_add(json_t *tally, const json_t *record);
int items_end(FILE *out, const json_t *tally);

/* A suite of JUnit, with a case for each record. The last call returns 0, or -1: something of it was not written. */
void junit_begin(FILE *out);
void junit_add(FILE *out, const json_t *record);
int junit_end(FILE *out);

/* SARIF 2.1.0: each finding, and both threads of a race as thread flows in the order of their accesses. */
struct sarif {
	FILE *out;
	json_t *rules;
	size_t count;
	bool failed;
};

/* To the stream, which must stay open until sarif_end(): 0, or -1 when something of it was not written. */
void sarif_begin(struct sarif *sarif, FILE *out);
void sarif_add(struct sarif *sarif, const json_t *record);
int sarif_end(struct sarif *sarif);

/* The same of an array of records. */
int write_grades(FILE *out, const json_t *records);
int write_items(FILE *out, const json_t *records);
int write_junit(FILE *out, const json_t *records);
int write_sarif(FILE *out, const json_t *records);

#endif

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

/* --- of one submission --- */

/*
 * The page that a person reads, in Markdown, for the caller to free: the outcome, one sentence of the contract that does
 * not hold and one finding first, in their own source, then the rest. `results` is what was judged; NULL: nothing.
 */
char *feedback_page(const struct record_subject *subject, const json_t *record, const struct results *results);
/* results.json as Gradescope reads it, and as PrairieLearn does, of a person's records; a new reference. */
json_t *gradescope_results(const json_t *records);
json_t *prairielearn_results(const json_t *records);

/* --- of the class: an array of records --- */

/* A line for each record: submission, exercise, outcome, points, of, why, suspicious. Without points where there is no grade. */
int write_grades(FILE *out, const json_t *records);
/* A line for each item of an exercise, and for each of the last two outcomes: whom it refused. */
int write_items(FILE *out, const json_t *records);
int write_junit(FILE *out, const json_t *records);
/* SARIF 2.1.0: each finding, and both threads of a race as thread flows in the order of their accesses. A new reference. */
json_t *sarif_log(const json_t *records);

#endif

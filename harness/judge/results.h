/*
 * What the runs of a pair come to: one result, with what was seen in the first run
 * that does not agree, or else in the last. A judging makes them; others only read
 * and release them.
 */
#ifndef LOOSE_RESULTS_H
#define LOOSE_RESULTS_H

#include "verdict/result.h"

/* Makes the verdict of what was seen. One that was there is the caller's to release before. */
void result_judge(struct result *result);
/* Counts another run, which has ended so; what was seen is the result's from then on. */
void result_add_run(struct result *result, struct observation *seen);

/* Frees what the results own, and leaves none. */
void results_release(struct results *results);

#endif

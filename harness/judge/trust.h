/*
 * Which detectors can be trusted here: each is run over a known race, a known
 * lock-order inversion, a known leak and a known clean program first.
 */
#ifndef LOOSE_TRUST_H
#define LOOSE_TRUST_H

#include "judging.h"

/*
 * Judges the self-test's programs under these detectors (NULL-terminated). As
 * judge_all(); the results' programs live in `selftest`, for the caller to
 * release in any case.
 */
int trust_examine(struct workbook *workbook, const struct detector *const *which, const struct judging_options *options,
		  struct catalogue *selftest, struct results *results, char **error);
/* NULL when all of them can be trusted here, or a signal came; else one line that says which cannot, for the caller to free. */
char *trust_problem(struct workbook *workbook, const struct detector *const *which,
		    const struct judging_options *options);

/*
 * What to do about this wrong result of the self-test; NULL: nothing that is
 * known here. ThreadSanitizer may need addresses that are not random, on
 * aarch64 always, and the usual container forbids to ask for them.
 */
const char *trust_fix(const struct result *wrong);

#endif

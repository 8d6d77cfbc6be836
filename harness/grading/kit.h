/*
 * The workbook for students: what is needed to read it, to work through it and to
 * judge one's own exercises, without the solutions, the other right designs, the
 * wrong fixes, the mutants and the harness's own tests. Of an exercise only what
 * belongs to it is in it, whatever else lies in its folder: somebody's submission.
 *
 * The verdict in it is the grader's: the same sources judge, and the bounds of the
 * budget, which stand in the solutions, are written beside the exercise's header.
 * The root's file "graded-with" names the tools; check says when it has others.
 */
#ifndef LOOSE_GRADING_KIT_H
#define LOOSE_GRADING_KIT_H

#include <stdbool.h>

#include "verdict/result.h"
#include "workbook/catalogue.h"

/*
 * Makes the directory `out`, which must not be there. Without answers it has none of a prediction (answerless.h), and the bounds
 * of each pitfall's budget stand beside its programs. 0, or -1 with one line in *error for the caller to free; what was made
 * until then is left.
 */
int kit_make(const struct catalogue *catalogue, const struct toolchain *toolchain, bool answers, const char *out,
	     char **error);

#endif

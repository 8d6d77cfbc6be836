/*
 * The archive that Gradescope makes a grader of, for these exercises: setup.sh and
 * run_autograder in its root, and below workbook/ what grades them: the workbook for
 * students (kit.h), and the right programs of these exercises, by which the gate knows
 * what an answer may need. Wrong fixes and the solutions of other exercises are not in it.
 *
 * An instructor's hidden tests lie beside the workbook in hidden/, where no sandbox shows them.
 */
#ifndef LOOSE_GRADING_AUTOGRADER_H
#define LOOSE_GRADING_AUTOGRADER_H

#include "hidden.h"
#include "verdict/result.h"
#include "workbook/catalogue.h"

struct autograder {
	const struct catalogue *catalogue;
	const struct toolchain *toolchain;
	const struct program *const *starters; /* of the exercises */
	size_t count;
	const struct hidden *hidden; /* of each; NULL: no hidden tests at all. Only where it is sandboxed */
	bool sandboxed; /* else what is handed in runs as a user without rights, in Gradescope's own container */
	long repeat, timeout;
};

/* Makes the file `out`, a .zip. 0, or -1 with one line in *error for the caller to free; there is no file then. */
int autograder_make(const struct autograder *autograder, const char *out, char **error);

#endif

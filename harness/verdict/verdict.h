/*
 * The verdict: declared against observed, and nothing else. It reads no file,
 * no clock and no environment, so the same two always give the same verdict.
 */
#ifndef LOOSE_VERDICT_H
#define LOOSE_VERDICT_H

#include "declaration.h"
#include "observation.h"

enum observed { OBSERVED_SILENT, OBSERVED_FIRES, OBSERVED_PASSES, OBSERVED_FAILS, OBSERVED_ERROR };

struct verdict {
	enum observed observed;
	bool agrees; /* never true with OBSERVED_ERROR */
	char *why;   /* NULL when it agrees: otherwise a line for the reader, owned by the verdict */
};

/*
 * `declaration` is the whole of what the program declares, for how it ends; it
 * may be NULL for a program that declares nothing, and then `expected` is NULL
 * too and the verdict agrees unless the run could not be judged. `detector` is
 * the one that was run.
 */
struct verdict verdict_of(const struct declaration *declaration, const struct expectation *expected,
			  const struct detector *detector, const struct observation *seen);
void verdict_release(struct verdict *verdict);

/* "silent", "fires", "passes", "fails", "error". */
const char *observed_name(enum observed observed);

#endif

/*
 * The verdict: declared against observed, and nothing else. It reads no file,
 * no clock and no environment, so the same two always give the same verdict.
 */
#ifndef LOOSE_VERDICT_H
#define LOOSE_VERDICT_H

#include "declaration.h"
#include "observation.h"

enum observed {
	OBSERVED_SILENT,
	OBSERVED_FIRES,
	OBSERVED_PASSES,
	OBSERVED_FAILS,
	OBSERVED_CUT, /* nothing, until a program of the reader's own crashed, hung or flooded */
	OBSERVED_ERROR,
};

struct verdict {
	enum observed observed;
	bool agrees; /* never true with OBSERVED_ERROR */
	char *why;   /* NULL when it agrees: otherwise a line for the reader, owned by the verdict */
};

/*
 * `declaration` is the whole of what the program declares, for how it ends; it
 * may be NULL for a program of the reader's own that declares nothing, and then
 * `expected` is NULL too and the verdict agrees if the program ended by itself,
 * with status 0. `detector` is the one that was run.
 *
 * A program that crashes, hangs or floods never agrees. A declared one cannot be
 * judged: it promised how it ends. Of a reader's own, and of a submission, what
 * was seen until then counts: OBSERVED_FIRES, or OBSERVED_CUT.
 */
struct verdict verdict_of(const struct declaration *declaration, const struct expectation *expected,
			  const struct detector *detector, const struct observation *seen);
void verdict_release(struct verdict *verdict);

/* "silent", "fires", "passes", "fails", "cut", "error". */
const char *observed_name(enum observed observed);

#endif

/*
 * What a run has left in its directory: the supervisor's word on how the
 * program ended, and what the program wrote.
 */
#ifndef LOOSE_RUN_LEFT_H
#define LOOSE_RUN_LEFT_H

#include "runner.h"

/* The limits of what is written and shown, in bytes. */
enum {
	OUTPUT_LIMIT = 256 << 20, /* of each stream; more is a flood */
	OUTPUT_KEPT = 64 << 10,	  /* of its beginning and of its end */
	OUTPUT_SHOWN = 4 << 10,	  /* to a reader, likewise, */
	LINES_FIRST = 10,	  /* and of these so many lines */
	LINES_LAST = 20,
};

/*
 * Fills in how the program ended, what it took, its last line, and what it wrote. What it left running had `linger_ms` to
 * end; with 0 nobody asks.
 */
void run_left_read(const char *directory, const struct run_request *request, long linger_ms, struct observation *seen);

#endif

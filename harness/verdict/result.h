/*
 * One line of what `verify` found: a program, a detector, what was declared and
 * what was seen, over all runs of this pair. report/ prints nothing but these.
 */
#ifndef LOOSE_RESULT_H
#define LOOSE_RESULT_H

#include <stdint.h>

#include "verdict.h"

struct program; /* workbook/catalogue.h */

struct result {
	const struct program *program;
	const struct detector *detector;
	const struct expectation *expected; /* NULL when the program declares nothing of this detector */
	/*
	 * Of the first run that did not agree; of the last run if all agreed.
	 */
	struct observation seen;
	struct verdict verdict;
	unsigned runs;	 /* finished */
	unsigned fired;	 /* in how many of them the detector fired (or the tests failed) */
	uint64_t delays; /* seed of the delays of the second run, if there is one; the next has the next one; 0: none */
	bool cached;	 /* taken from the cache, not run now */
	bool bad_input;	 /* the program did not compile: seen.why has the compiler's words */
	/* Summed over the runs; the peak is the largest. */
	long cpu_ms, wall_ms, peak_kib;
};

struct results {
	struct result *items;
	size_t count;
	char *unkept; /* why some of them will be judged again next time, as a line for the reader; NULL: all were kept */
	long wall_ms, cpu_ms; /* of the whole loop: from start to end, and of all runs and their compilation */
};

struct toolchain {
	char *clang, *valgrind, *glibc, *kernel; /* versions; "missing" when the tool is */
	char *files; /* what clang, valgrind and the C library are as files: another text once one was replaced; may be NULL */
};

#endif

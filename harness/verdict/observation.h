/*
 * What one run of one program under one detector showed. An observation holds
 * no opinion: verdict.c compares it with what the program declares. It is what
 * the cache keeps, so that an unchanged program is not run again.
 */
#ifndef LOOSE_OBSERVATION_H
#define LOOSE_OBSERVATION_H

#include "finding.h"

/* Who is to blame when a run cannot be judged. */
enum fault {
	FAULT_NONE,	/* the program ended by itself and the detector closed cleanly */
	FAULT_PROGRAM,	/* it crashed, hung, or flooded its output */
	FAULT_DETECTOR, /* it is missing, never started, or died half way */
	FAULT_UNFIT,	/* it cannot watch what this program does; others can */
};

struct observation {
	enum fault fault;
	char *why; /* one line for the reader; NULL when fault is FAULT_NONE */
	struct findings findings;
	int status;	 /* exit status of the program */
	char *last_line; /* last line of its standard output, without newline; NULL when it printed none */
	char *output;	 /* its standard output, at most 64 KiB; NULL unless it was asked for, and never remembered */
	char *failed; /* names of the failed tests, sorted, separated by ", "; NULL when none or not a test program */
	char *said;   /* what failed tests say, a line for each; NULL when nothing */
	int tests;    /* how many tests ran; 0 for a chapter's program */
	json_t *measured; /* figures, of a detector that measures; NULL: none */
	long cpu_ms, wall_ms, peak_kib;
};

/* Marks the observation as one that cannot be judged. The first fault stays: later ones follow from it. */
void observation_fail(struct observation *seen, enum fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* The same, in place of what was known before: the reason behind it has been found. */
void observation_blame(struct observation *seen, enum fault fault, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void observation_release(struct observation *seen);

/* A JSON object (new reference), and back; false if `object` is not one that observation_to_json made. */
json_t *observation_to_json(const struct observation *seen);
bool observation_from_json(const json_t *object, struct observation *seen);

#endif

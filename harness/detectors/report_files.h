/*
 * What the processes of one run left, and what they together say of it: did the
 * detector watch all of it, to the end?
 */
#ifndef LOOSE_PROCESSES_H
#define LOOSE_PROCESSES_H

#include "verdict/detector.h"

/* The report of one process. */
struct process {
	long pid, parent;
	bool complete; /* it was closed as the detector closes it */
};

/* A whole file of the run's directory, for the caller to free; NULL when it cannot be read, or is not a regular file. */
char *report_read(const struct run *run, const char *name, size_t *length);

/*
 * Fails the observation unless the program was watched to its end; a child of
 * it may have been killed, have aborted, or outlive it. In a run of tests a
 * failed one may have died with its report; the others, and the test runner,
 * may not.
 */
void processes_check(const struct run *run, const struct process *processes, size_t count, struct observation *seen);

#endif

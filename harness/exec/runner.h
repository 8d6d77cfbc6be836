/*
 * One run of one program under one detector: a directory of its own, the
 * supervisor around it, and the observation at the end. What a run means is not
 * decided here.
 */
#ifndef LOOSE_RUNNER_H
#define LOOSE_RUNNER_H

#include "loop.h"
#include "verdict/observation.h"
#include "workbook/catalogue.h"

struct run_request {
	const struct detector *detector;
	char *executable;	/* absolute path */
	bool tests;		/* a Criterion program */
	char *const *arguments; /* for the program; may be NULL */
	const char *own[2];	/* absolute directories of the program's own sources */
	const char *bounds;	/* of the budget; may be NULL */
	long deadline_ms;
};

/* Called with what was seen, which the callee takes over; never called for a run that loop_stop() ended. */
typedef void (*run_ended)(void *context, struct observation *seen);

/*
 * Starts the run; `request` and what it points to must live until it has
 * ended. A run that cannot be started ends at once, with a fault. Standard
 * output goes on to `echo` at the end of the run when that is not negative.
 */
void run_start(struct loop *loop, const struct run_request *request, int echo, run_ended ended, void *context);
/* Takes away what interrupted sessions have left in build/run. */
void run_sweep(const char *root);
/* Takes away a directory and what is in it. */
void run_remove(const char *path);

#endif

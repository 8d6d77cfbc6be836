/*
 * A keeper runs a task, and runs it again when it has failed: a link that must
 * come up again, a device that may be unplugged.
 *
 *     static void *weighbridge(void *arg)
 *     {
 *             int error = keeper_run(&wall_clock, read_scale, arg, &stop);
 *             if (error)
 *                     close_the_gate(error);  // the parent knows what to do; the keeper does not
 *             return NULL;
 *     }
 *
 * It tells the time and waits by a clock that it is given, and by no other.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <stdbool.h>

#include "kit/stop.h"

/* Times in ms. */
enum {
	KEEPER_FIRST_PAUSE = 10,
	KEEPER_LONGEST_PAUSE = 500,
	KEEPER_FAILURES = 10,  /* so many failures ... */
	KEEPER_WINDOW = 10000, /* ... within so long a time are not bad luck */
};

struct keeper_clock {
	long (*now)(void *context);
	/* Waits so many milliseconds; returns true, and at once, when a stop is requested. */
	bool (*wait)(void *context, struct stop *stop, long milliseconds);
	void *context;
};

/* Works until it is done, or a stop is requested, and returns 0; or fails, and returns an error number. */
typedef int keeper_task(void *context, struct stop *stop);

/*
 * Runs the task until it has returned 0.
 *
 *   - When it fails, it is run again after a pause. The first pause is
 *     KEEPER_FIRST_PAUSE, each one after it twice as long as the one before,
 *     none longer than KEEPER_LONGEST_PAUSE.
 *   - If it had run for KEEPER_WINDOW or longer before it failed, it was in
 *     good health: the pauses begin with the first one again.
 *   - When it has failed KEEPER_FAILURES times, and no more than KEEPER_WINDOW
 *     has passed from the first of these failures to the last, it is not
 *     run any more, and the caller gets the error: the one of the last failure.
 *   - When a stop is requested, before the first run or in a pause too, it is
 *     not run any more. That is not a failure. But if it comes during the run that
 *     fails once too often, the caller gets the error all the same.
 *   - It has one thread of its own at a time, at most: if each run has its own,
 *     that is joined before the next one is started.
 *
 * Returns 0 or that error. Whatever thread it has started has ended by then.
 */
int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop);

#endif

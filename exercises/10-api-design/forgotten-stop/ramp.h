/*
 * The bow ramp of a ferry. Before it is unlocked, and as long as it moves, a
 * horn warns the people on the quay: blast, pause, blast.
 *
 *     static const struct ramp ramp = {blow, 2000, unlock, step};
 *
 *     struct ramp_report report = ramp_lower(&ramp, &ferry);
 *     if (report.result == RAMP_DOWN)
 *             let_the_cars_off(&ferry);
 *     log_blasts(report.blasts);
 */
#ifndef RAMP_H
#define RAMP_H

#include <stdbool.h>

enum ramp_step { STEP_DONE, STEP_LAST, STEP_BLOCKED };

struct ramp {
	void (*blow)(void *ferry);   /* one blast; takes its time, and must not be cut short, nor interrupted by a
					signal: it closes its own valve */
	long pause;		     /* ms, from the end of a blast to the next one */
	bool (*unlock)(void *ferry); /* false: the hydraulics have no pressure */
	enum ramp_step (*step)(void *ferry); /* moves the ramp by an inch */
};

enum ramp_result {
	RAMP_DOWN,	  /* the last step was done */
	RAMP_NO_PRESSURE, /* it was not unlocked, and has not moved */
	RAMP_BLOCKED	  /* a step was blocked; there was no other after it */
};

struct ramp_report {
	enum ramp_result result;
	int blasts; /* how often blow() was called and has returned */
};

/*
 * Lowers the ramp: starts the horn, unlocks, once, and steps until the last step,
 * or until one is blocked. Nothing is tried again.
 *
 *   - blow() is called in a thread of this call's own, at once and again after
 *     each pause. unlock() and step() are called in the caller's. They may wait
 *     until they hear the horn.
 *   - Whatever the result: when ramp_lower() returns, blow() is not running and
 *     will not be called again. The ferry is the caller's, to be read without a
 *     lock, or freed. No thread is left: each was joined.
 *   - It waits for a blast that is under way. It does not wait for a pause, nor
 *     for a part of one.
 */
struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry);

#endif

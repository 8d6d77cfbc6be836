/*
 * horn_stop() cancels the thread itself and joins it. It ends at once, also in
 * the middle of a pause, and no flag is needed.
 *
 * Tempting  one handle, one function that signals and waits, at every exit: and half the code.
 * Refused   the tests: a thread that is cancelled ends where it is, and it is in the middle of a blast. The valve stays
 *           open, and the horn is to be heard until somebody turns off the air.
 * test      fails is_silent_when_down, is_silent_when_blocked, is_silent_without_pressure
 */
#include "ramp.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

struct horn {
	const struct ramp *ramp;
	void *ferry;
	pthread_t thread;
	int blasts; /* the thread's, until it has been joined */
};

static void *sound(void *arg)
{
	struct horn *horn = arg;

	for (;;) {
		horn->ramp->blow(horn->ferry);
		horn->blasts++;
		struct timespec pause = {horn->ramp->pause / 1000, horn->ramp->pause % 1000 * 1000000};
		nanosleep(&pause, NULL);
	}
	return NULL;
}

/* Starts the horn. Pair it with horn_stop(). */
static struct horn *horn_start(const struct ramp *ramp, void *ferry)
{
	struct horn *horn = malloc(sizeof *horn);

	HAVE(horn);
	*horn = (struct horn){.ramp = ramp, .ferry = ferry};
	NEED(pthread_create(&horn->thread, NULL, sound, horn));
	return horn;
}

/* Silences the horn, frees it, and returns the number of blasts. */
static int horn_stop(struct horn *horn)
{
	CHECK(pthread_cancel(horn->thread));
	CHECK(pthread_join(horn->thread, NULL));
	int blasts = horn->blasts;
	free(horn);
	return blasts;
}

struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry)
{
	struct ramp_report report = {.result = RAMP_NO_PRESSURE};
	struct horn *horn = horn_start(ramp, ferry);
	enum ramp_step step;

	if (!ramp->unlock(ferry))
		goto out;
	do {
		step = ramp->step(ferry);
		if (step == STEP_BLOCKED) {
			report.result = RAMP_BLOCKED;
			goto out;
		}
	} while (step != STEP_LAST);
	report.result = RAMP_DOWN;
out:
	report.blasts = horn_stop(horn);
	return report;
}

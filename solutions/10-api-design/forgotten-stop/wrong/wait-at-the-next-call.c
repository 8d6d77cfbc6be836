/*
 * The horn of a call that was given up is kept, and the next call waits for it
 * before it starts another.
 *
 * Tempting  every horn is cancelled and joined, no call waits for longer than it must, and there is only ever one.
 * Refused   the tests: until the next call somebody is at work on the caller's ferry. And there may be no next call.
 * test      fails is_silent_when_down, is_silent_without_pressure, is_silent_when_blocked, does_not_wait_for_a_pause
 * budget    fires joined in sound, joined in lower when joined == started
 */
#include "ramp.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/stop.h"

struct horn {
	const struct ramp *ramp;
	void *ferry;
	pthread_t thread;
	struct stop stop;
	int blasts; /* the thread's, until it has been joined */
};

static void *sound(void *arg)
{
	struct horn *horn = arg;

	do {
		horn->ramp->blow(horn->ferry);
		horn->blasts++;
	} while (!stop_wait(&horn->stop, horn->ramp->pause));
	return NULL;
}

/* Starts the horn. Do not forget to call horn_cancel() and horn_wait()! */
static struct horn *horn_start(const struct ramp *ramp, void *ferry)
{
	struct horn *horn = malloc(sizeof *horn);

	HAVE(horn);
	*horn = (struct horn){.ramp = ramp, .ferry = ferry};
	stop_init(&horn->stop);
	NEED(pthread_create(&horn->thread, NULL, sound, horn));
	return horn;
}

/* Tells the horn to stop, and returns at once. */
static void horn_cancel(struct horn *horn)
{
	stop_request(&horn->stop);
}

/* Waits until the horn is silent, frees it, and returns the number of blasts. */
static int horn_wait(struct horn *horn)
{
	CHECK(pthread_join(horn->thread, NULL));
	int blasts = horn->blasts;
	stop_destroy(&horn->stop);
	free(horn);
	return blasts;
}

static struct horn *given_up; /* cancelled, and not waited for */

struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry)
{
	struct ramp_report report = {.result = RAMP_DOWN};

	if (given_up)
		horn_wait(given_up);
	struct horn *horn = given_up = horn_start(ramp, ferry);

	if (!ramp->unlock(ferry)) {
		horn_cancel(horn);
		report.result = RAMP_NO_PRESSURE;
		return report;
	}
	for (enum ramp_step step = STEP_DONE; step != STEP_LAST;) {
		step = ramp->step(ferry);
		if (step == STEP_BLOCKED) {
			horn_cancel(horn);
			report.result = RAMP_BLOCKED;
			return report;
		}
	}
	horn_cancel(horn);
	report.blasts = horn_wait(horn);
	given_up = NULL;
	return report;
}

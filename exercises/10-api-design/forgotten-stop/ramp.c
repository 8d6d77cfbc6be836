/*
 * Yours to fix. The horn is started in one place and stopped in another, by
 * two calls. ramp_lower() has three ways out, and one of them has both calls.
 *
 * Promise   when ramp_lower() returns, the horn is silent, whatever the result.
 * test      fails is_silent_without_pressure, is_silent_when_blocked
 * budget    fires joined in sound when joined == started
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

struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry)
{
	struct ramp_report report = {.result = RAMP_DOWN};
	struct horn *horn = horn_start(ramp, ferry);

	if (!ramp->unlock(ferry)) {
		report.result = RAMP_NO_PRESSURE;
		return report;
	}
	for (enum ramp_step step = STEP_DONE; step != STEP_LAST;) {
		step = ramp->step(ferry);
		if (step == STEP_BLOCKED) {
			horn_cancel(horn); /* it had gone on and on */
			report.result = RAMP_BLOCKED;
			return report;
		}
	}
	horn_cancel(horn);
	report.blasts = horn_wait(horn);
	return report;
}

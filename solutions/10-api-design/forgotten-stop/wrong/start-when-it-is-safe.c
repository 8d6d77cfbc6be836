/*
 * The horn is started when nothing can go wrong any more but the steps, and
 * with each step: each start has its stop two lines below.
 *
 * Tempting  what was not started need not be stopped. Without pressure there is no horn, and no exit between the two.
 * Refused   the tests: the horn warns before the ramp is unlocked, not after. An early return moved the start, and the
 *           people on the quay are not warned.
 * test      fails is_silent_when_down, is_silent_when_blocked, is_silent_without_pressure,
 *           does_not_wait_for_a_pause
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

/* Starts the horn. Pair it with horn_stop(). */
static struct horn *horn_start(const struct ramp *ramp, void *ferry)
{
	struct horn *horn = malloc(sizeof *horn);

	HAVE(horn);
	*horn = (struct horn){.ramp = ramp, .ferry = ferry};
	stop_init(&horn->stop);
	NEED(pthread_create(&horn->thread, NULL, sound, horn));
	return horn;
}

/* Silences the horn, waits until it is silent, frees it, and returns the number of blasts. */
static int horn_stop(struct horn *horn)
{
	stop_request(&horn->stop);
	CHECK(pthread_join(horn->thread, NULL));
	int blasts = horn->blasts;
	stop_destroy(&horn->stop);
	free(horn);
	return blasts;
}

struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry)
{
	struct ramp_report report = {.result = RAMP_NO_PRESSURE};

	if (!ramp->unlock(ferry))
		return report;
	for (enum ramp_step step = STEP_DONE; step == STEP_DONE;) {
		struct horn *horn = horn_start(ramp, ferry);
		step = ramp->step(ferry);
		report.blasts += horn_stop(horn);
		report.result = step == STEP_BLOCKED ? RAMP_BLOCKED : RAMP_DOWN;
	}
	return report;
}

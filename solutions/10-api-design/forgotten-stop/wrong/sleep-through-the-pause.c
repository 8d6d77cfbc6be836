/*
 * The function has one exit, which stops the horn. The horn checks whether it is
 * to stop before each pause and after it, and sleeps in between.
 *
 * Tempting  every exit waits for the horn, no blast is cut short, and a pause is a pause: nanosleep() is made for it.
 * Refused   the test: nobody can wake up who sleeps. The ramp is down, and the cars wait until the pause has passed.
 * test      fails does_not_wait_for_a_pause
 */
#include "ramp.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

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

	for (;;) {
		horn->ramp->blow(horn->ferry);
		horn->blasts++;
		if (stop_requested(&horn->stop))
			break;
		nanosleep(&(struct timespec){.tv_sec = horn->ramp->pause / 1000,
					     .tv_nsec = horn->ramp->pause % 1000 * 1000000},
			  NULL);
		if (stop_requested(&horn->stop))
			break;
	}
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

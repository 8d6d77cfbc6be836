/*
 * The function has one exit, which stops the horn. In a pause the horn sleeps
 * for two seconds at a time, and then asks whether it is to stop.
 *
 * Tempting  however long the pause is, nobody waits for more than two seconds, and there is no condition to get wrong.
 * Refused   the test: the ramp is down, all are waiting, and there is nothing that they wait for but the clock. Shorter
 *           sleeps make the wait shorter, and wake up the machine more often, for as long as the pause is.
 * test      fails does_not_wait_for_a_pause
 */
#include "ramp.h"

#include <pthread.h>
#include <stdbool.h>
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

enum { SLEEP = 2 /* s */ };

static void *sound(void *arg)
{
	struct horn *horn = arg;

	for (bool stop = false; !stop;) {
		horn->ramp->blow(horn->ferry);
		horn->blasts++;
		for (long left = horn->ramp->pause; left > 0 && !stop; left -= SLEEP * 1000L) {
			nanosleep(&(struct timespec){.tv_sec = SLEEP}, NULL);
			stop = stop_requested(&horn->stop);
		}
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

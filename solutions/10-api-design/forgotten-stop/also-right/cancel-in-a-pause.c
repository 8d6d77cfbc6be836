/*
 * The thread is cancelled, but not in a blast: it allows that in a pause only.
 * What was asked for meanwhile is kept for it, and the sleep ends at once. No
 * token, no lock; but each line between the two states has to be thought of,
 * for the thread ends wherever in the pause it is.
 *
 * Promise   when ramp_lower() returns, the horn is silent, whatever the result.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include "ramp.h"

#include <errno.h>
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
	int enabled;

	for (;;) {
		CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &enabled));
		horn->ramp->blow(horn->ferry);
		horn->blasts++;
		struct timespec pause = {horn->ramp->pause / 1000, horn->ramp->pause % 1000 * 1000000};
		CHECK(pthread_setcancelstate(enabled, NULL));
		while (nanosleep(&pause, &pause) != 0)
			REQUIRE(errno == EINTR);
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

/* Silences the horn, waits until it is silent, frees it, and returns the number of blasts. */
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

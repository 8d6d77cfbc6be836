/*
 * Plain C: the function has one exit, and every way leads there. The kernel and
 * most old C libraries are written like that. No compiler checks it: a `return`
 * that is put between the start and the label is this pitfall again.
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

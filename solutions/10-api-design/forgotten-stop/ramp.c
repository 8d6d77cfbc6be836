/*
 * One handle, and one function that ends it: horn_stop() signals, waits, frees,
 * and gives out the number of blasts, which nobody can have without it. A caller
 * that forgets it loses nothing but the number: the end of the scope calls it too.
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

/* Silences the horn, waits until it is silent, frees it, and returns the number of blasts. Twice does no harm. */
static int horn_stop(struct horn **handle)
{
	struct horn *horn = *handle;

	if (!horn)
		return 0;
	*handle = NULL;
	stop_request(&horn->stop);
	CHECK(pthread_join(horn->thread, NULL));
	int blasts = horn->blasts;
	stop_destroy(&horn->stop);
	free(horn);
	return blasts;
}

/* The one GNU extension here, of gcc and clang: whichever way the scope of the handle is left, it is stopped. */
#define STOPPED_WITH_SCOPE __attribute__((cleanup(horn_stop)))

/* Steps until the ramp is down or blocked. It knows nothing of the horn, so it may return wherever it likes. */
static enum ramp_result move(const struct ramp *ramp, void *ferry)
{
	for (;;) {
		enum ramp_step step = ramp->step(ferry);

		if (step != STEP_DONE)
			return step == STEP_LAST ? RAMP_DOWN : RAMP_BLOCKED;
	}
}

struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry)
{
	STOPPED_WITH_SCOPE struct horn *horn = horn_start(ramp, ferry);
	struct ramp_report report = {.result = RAMP_NO_PRESSURE};

	if (ramp->unlock(ferry))
		report.result = move(ramp, ferry);
	/* The value of a return is made before the scope ends: what the thread counts is to be asked for before that. */
	report.blasts = horn_stop(&horn);
	return report;
}

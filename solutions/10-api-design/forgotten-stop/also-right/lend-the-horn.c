/*
 * Plain C: the horn is lent to a function. with_horn() starts, calls, stops and
 * waits, and nobody else can do any of it, for there is no handle. The function
 * that borrows it may return wherever it likes.
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

/* Calls the function while the horn sounds. The horn is silent when it returns. */
static struct ramp_report with_horn(enum ramp_result function(const struct ramp *, void *), const struct ramp *ramp,
				    void *ferry)
{
	struct horn horn = {.ramp = ramp, .ferry = ferry};

	stop_init(&horn.stop);
	NEED(pthread_create(&horn.thread, NULL, sound, &horn));
	enum ramp_result result = function(ramp, ferry);
	stop_request(&horn.stop);
	CHECK(pthread_join(horn.thread, NULL));
	stop_destroy(&horn.stop);
	return (struct ramp_report){.result = result, .blasts = horn.blasts};
}

static enum ramp_result unlock_and_move(const struct ramp *ramp, void *ferry)
{
	if (!ramp->unlock(ferry))
		return RAMP_NO_PRESSURE;
	for (;;) {
		enum ramp_step step = ramp->step(ferry);

		if (step == STEP_BLOCKED)
			return RAMP_BLOCKED;
		if (step == STEP_LAST)
			return RAMP_DOWN;
	}
}

struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry)
{
	return with_horn(unlock_and_move, ramp, ferry);
}

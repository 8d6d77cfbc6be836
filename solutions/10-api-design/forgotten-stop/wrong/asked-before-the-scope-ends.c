/*
 * The end of the scope stops the horn, on every way out. The report is made
 * where the function returns.
 *
 * Tempting  nothing can be forgotten any more, and there is no line too many.
 * Refused   the tests: the value of a `return` is made first, and the scope ends then. The blast that is under way is
 *           not in the report, and the count is read while the thread may write it.
 * test      fails is_silent_when_down, is_silent_when_blocked, is_silent_without_pressure
 * tsan      fires data-race in sound, data-race in ramp_lower
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

static void horn_stop(struct horn **handle)
{
	struct horn *horn = *handle;

	stop_request(&horn->stop);
	CHECK(pthread_join(horn->thread, NULL));
	stop_destroy(&horn->stop);
	free(horn);
}

#define STOPPED_WITH_SCOPE __attribute__((cleanup(horn_stop)))

struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry)
{
	STOPPED_WITH_SCOPE struct horn *horn = horn_start(ramp, ferry);

	if (!ramp->unlock(ferry))
		return (struct ramp_report){RAMP_NO_PRESSURE, horn->blasts};
	for (enum ramp_step step = STEP_DONE; step != STEP_LAST;) {
		step = ramp->step(ferry);
		if (step == STEP_BLOCKED)
			return (struct ramp_report){RAMP_BLOCKED, horn->blasts};
	}
	return (struct ramp_report){RAMP_DOWN, horn->blasts};
}

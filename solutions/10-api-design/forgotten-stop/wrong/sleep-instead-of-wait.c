/*
 * Every exit cancels the horn and gives it the time of ten blasts.
 *
 * Tempting  a blast takes a tenth of a second, and nobody minds if the ramp waits for a whole one.
 * Refused   ThreadSanitizer and the budget: time orders nothing. What the horn writes at the end of its blast is
 *           unordered with what the caller reads of its ferry.
 * tsan      fires data-race in give_up, data-race in expect_silence
 * budget    fires joined in sound when joined == started
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

static int give_up(struct horn *horn)
{
	horn_cancel(horn);
	CHECK(pthread_detach(horn->thread));
	nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
	return horn->blasts;
}

struct ramp_report ramp_lower(const struct ramp *ramp, void *ferry)
{
	struct ramp_report report = {.result = RAMP_DOWN};
	struct horn *horn = horn_start(ramp, ferry);

	if (!ramp->unlock(ferry)) {
		report.blasts = give_up(horn);
		report.result = RAMP_NO_PRESSURE;
		return report;
	}
	for (enum ramp_step step = STEP_DONE; step != STEP_LAST;) {
		step = ramp->step(ferry);
		if (step == STEP_BLOCKED) {
			report.blasts = give_up(horn);
			report.result = RAMP_BLOCKED;
			return report;
		}
	}
	horn_cancel(horn);
	report.blasts = horn_wait(horn);
	return report;
}

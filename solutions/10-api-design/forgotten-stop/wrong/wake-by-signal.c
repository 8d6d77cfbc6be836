/*
 * The function has one exit, which stops the horn: it asks, and a signal ends
 * the sleep of the pause.
 *
 * Tempting  nanosleep() is what a pause is, and a signal interrupts it: there is no wait for the rest of the pause. The
 *           flag is read under a lock.
 * Refused   the test: a signal interrupts whatever the thread is about, and that is most often a blast. And should it
 *           come after the look at the flag and before the sleep, the ramp waits for the pause to pass all the same.
 * test      fails is_silent_when_down, is_silent_when_blocked, is_silent_without_pressure
 */
#include "ramp.h"

#include <pthread.h>
#include <signal.h>
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

/* Does nothing: a call that sleeps returns when it was called. */
static void wake(int number)
{
	(void)number;
}

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
	struct sigaction action = {.sa_handler = wake};
	sigemptyset(&action.sa_mask);
	REQUIRE(sigaction(SIGUSR1, &action, NULL) == 0);
	stop_init(&horn->stop);
	NEED(pthread_create(&horn->thread, NULL, sound, horn));
	return horn;
}

/* Silences the horn, waits until it is silent, frees it, and returns the number of blasts. */
static int horn_stop(struct horn *horn)
{
	stop_request(&horn->stop);
	CHECK(pthread_kill(horn->thread, SIGUSR1));
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

/*
 * Tempting  when a stop has been requested there is no point in a pause.
 * Refused   the tests: nor in another run. A stop that came during a run that failed is heard by nobody, and the task is run
 *           again, without a pause.
 * test      fails runs_nothing_once_stopped
 */
#include "keeper.h"

struct failures {
	long at[KEEPER_FAILURES]; /* the last ones, in turn */
	int count;
};

/* Whether there were too many of late. */
static bool failures_add(struct failures *failures, long now)
{
	failures->at[failures->count++ % KEEPER_FAILURES] = now;
	/* The next place in turn is that of the oldest. */
	return failures->count >= KEEPER_FAILURES &&
	       now - failures->at[failures->count % KEEPER_FAILURES] <= KEEPER_WINDOW;
}

static long longer(long pause)
{
	return 2 * pause < KEEPER_LONGEST_PAUSE ? 2 * pause : KEEPER_LONGEST_PAUSE;
}

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	struct failures failures = {.count = 0};
	long pause = KEEPER_FIRST_PAUSE;

	if (stop_requested(stop))
		return 0;
	for (;;) {
		long started = clock->now(clock->context);
		int error = task(context, stop);
		long now = clock->now(clock->context);

		if (!error)
			return 0;
		if (failures_add(&failures, now))
			return error;
		if (now - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		/* The pause hears a stop: a keeper that sleeps through it is the next pitfall. */
		if (!stop_requested(stop) && clock->wait(clock->context, stop, pause))
			return 0;
		pause = longer(pause);
	}
	return 0;
}

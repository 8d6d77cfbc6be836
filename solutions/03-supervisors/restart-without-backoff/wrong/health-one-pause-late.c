/*
 * Tempting  the next pause is computed in one place, and good health is looked at there.
 * Refused   the tests: the pause that follows the run in good health was computed before it.
 * test      fails pauses_longer_and_longer
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

	while (!stop_requested(stop)) {
		long started = clock->now(clock->context);
		int error = task(context, stop);
		long now = clock->now(clock->context);

		if (!error)
			return 0;
		if (failures_add(&failures, now))
			return error;
		/* The pause hears a stop: a keeper that sleeps through it is the next pitfall. */
		if (clock->wait(clock->context, stop, pause))
			return 0;
		pause = now - started >= KEEPER_WINDOW ? KEEPER_FIRST_PAUSE : longer(pause);
	}
	return 0;
}

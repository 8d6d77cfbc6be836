/*
 * Tempting  context is context, and the one that was handed in is at hand.
 * Refused   the tests: the clock has its own. It takes the scale for what it counts the time with.
 * test      fails forgives_what_is_rare, gives_up_and_tells, gives_up_at_the_end_of_the_window,
 *           gives_up_in_any_ten_seconds, pauses_longer_and_longer, runs_nothing_once_stopped, stops_in_a_pause,
 *           tells_of_the_limit_when_stopped
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
		long started = clock->now(context);
		int error = task(context, stop);
		long now = clock->now(context);

		if (!error)
			return 0;
		if (failures_add(&failures, now))
			return error;
		if (now - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		/* The pause hears a stop: a keeper that sleeps through it is the next pitfall. */
		if (clock->wait(context, stop, pause))
			return 0;
		pause = longer(pause);
	}
	return 0;
}

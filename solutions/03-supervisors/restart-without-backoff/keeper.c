/*
 * Two memories: the length of the next pause, and when the task failed the last
 * ten times. The first slows the keeper down, the second tells it that slower
 * will not help either. Neither replaces the other: without the pause the ten
 * are used up in a millisecond that would have passed; without the limit nobody
 * ever hears of a task that cannot work.
 *
 * Promise   a failing task is run again more and more slowly, and the caller is told of ten failures in ten seconds.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 3, joined == started
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
		if (now - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		/* The pause hears a stop: a keeper that sleeps through it is the next pitfall. */
		if (clock->wait(clock->context, stop, pause))
			return 0;
		pause = longer(pause);
	}
	return 0;
}

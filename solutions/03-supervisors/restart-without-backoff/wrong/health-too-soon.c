/*
 * Tempting  a task that has run for longer than the longest pause has done more than wait; it may start afresh.
 * Refused   the tests: what needs a second to fail is not in good health, it is slow to fail. Its pauses never grow.
 * test      fails gives_up_at_the_end_of_the_window, pauses_longer_and_longer
 */
#include "keeper.h"

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	long at[KEEPER_FAILURES], pause = KEEPER_FIRST_PAUSE;
	int count = 0;

	while (!stop_requested(stop)) {
		long started = clock->now(clock->context);
		int error = task(context, stop);
		long now = clock->now(clock->context);

		if (!error)
			return 0;
		at[count++ % KEEPER_FAILURES] = now;
		if (count >= KEEPER_FAILURES && now - at[count % KEEPER_FAILURES] <= KEEPER_WINDOW)
			return error;
		if (now - started > KEEPER_LONGEST_PAUSE)
			pause = KEEPER_FIRST_PAUSE;
		if (clock->wait(clock->context, stop, pause))
			return 0;
		pause = 2 * pause < KEEPER_LONGEST_PAUSE ? 2 * pause : KEEPER_LONGEST_PAUSE;
	}
	return 0;
}

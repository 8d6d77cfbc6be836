/*
 * Tempting  pauses, a limit, an error for the caller; a counter is all it takes.
 * Refused   the tests: a counter that never forgets. A task that fails once a month is given up in the tenth month,
 *           and nobody will find out why.
 * test      fails gives_up_at_the_end_of_the_window, gives_up_in_any_ten_seconds, forgives_what_is_rare
 */
#include "keeper.h"

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	long pause = KEEPER_FIRST_PAUSE;
	int failures = 0;

	while (!stop_requested(stop)) {
		long started = clock->now(clock->context);
		int error = task(context, stop);

		if (!error)
			return 0;
		if (++failures == KEEPER_FAILURES)
			return error;
		if (clock->now(clock->context) - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		if (clock->wait(clock->context, stop, pause))
			return 0;
		pause = 2 * pause < KEEPER_LONGEST_PAUSE ? 2 * pause : KEEPER_LONGEST_PAUSE;
	}
	return 0;
}

/*
 * Tempting  a start is a new beginning: what failed before belongs to the run before.
 * Refused   the tests: everything starts well, and so each failure is the first one. It is health that clears the
 *           record, and health takes time to show.
 * test      fails gives_up_at_the_end_of_the_window, gives_up_and_tells, gives_up_in_any_ten_seconds,
 *           pauses_longer_and_longer, tells_of_the_limit_when_stopped
 */
#include "keeper.h"

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	while (!stop_requested(stop)) {
		long pause = KEEPER_FIRST_PAUSE;
		int failures = 0;
		int error = task(context, stop);

		if (!error)
			return 0;
		if (++failures == KEEPER_FAILURES)
			return error;
		if (clock->wait(clock->context, stop, pause))
			return 0;
		pause = 2 * pause < KEEPER_LONGEST_PAUSE ? 2 * pause : KEEPER_LONGEST_PAUSE;
	}
	return 0;
}

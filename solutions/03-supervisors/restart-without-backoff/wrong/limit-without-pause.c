/*
 * Tempting  who gives up after ten failures does not need to pause between them.
 * Refused   the tests: the ten are used up before the plug is in again, so what would have passed in a second is
 *           given up in a millisecond.
 * test      fails gives_up_at_the_end_of_the_window, gives_up_in_any_ten_seconds, pauses_longer_and_longer,
 *           stops_in_a_pause, runs_nothing_once_stopped, tells_of_the_limit_when_stopped
 */
#include "keeper.h"

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	long at[KEEPER_FAILURES];
	int count = 0, error;

	while ((error = task(context, stop)) != 0 && !stop_requested(stop)) {
		long now = clock->now(clock->context);
		at[count++ % KEEPER_FAILURES] = now;
		if (count >= KEEPER_FAILURES && now - at[count % KEEPER_FAILURES] <= KEEPER_WINDOW)
			return error;
	}
	return 0;
}

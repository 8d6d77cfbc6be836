/*
 * Tempting  a counter and the time at which its ten seconds began; when they are over, both begin anew.
 * Refused   the tests: half of the failures are counted in one window, half in the next. Ten within ten seconds are seen
 *           only if no border is between them.
 * test      fails gives_up_at_the_end_of_the_window, gives_up_in_any_ten_seconds
 */
#include "keeper.h"

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	long pause = KEEPER_FIRST_PAUSE;
	long window = clock->now(clock->context);
	int failures = 0;

	while (!stop_requested(stop)) {
		long started = clock->now(clock->context);
		int error = task(context, stop);
		long now = clock->now(clock->context);

		if (!error)
			return 0;
		if (now - window > KEEPER_WINDOW) {
			window = now;
			failures = 0;
		}
		if (++failures == KEEPER_FAILURES)
			return error;
		if (now - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		if (clock->wait(clock->context, stop, pause))
			return 0;
		pause = 2 * pause < KEEPER_LONGEST_PAUSE ? 2 * pause : KEEPER_LONGEST_PAUSE;
	}
	return 0;
}

/*
 * Tempting  let it crash: whatever started this process will start it again, with a clean state.
 * Refused   the tests: the till in the same process was healthy. To escalate is to tell the parent, which may have
 *           something better to do than to die; and what restarts the process has the same loop, one floor up.
 * test      fails gives_up_at_the_end_of_the_window, gives_up_and_tells, gives_up_in_any_ten_seconds,
 *           tells_of_the_limit_when_stopped
 */
#include "keeper.h"

#include <stdlib.h>

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
			abort();
		if (now - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		if (clock->wait(clock->context, stop, pause))
			return 0;
		pause = 2 * pause < KEEPER_LONGEST_PAUSE ? 2 * pause : KEEPER_LONGEST_PAUSE;
	}
	return 0;
}

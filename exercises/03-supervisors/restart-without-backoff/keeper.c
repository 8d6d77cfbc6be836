/*
 * Yours to fix. The task is run again as soon as it has failed, for ever.
 *
 * Promise   a failing task is run again more and more slowly, and the caller is told of ten failures in ten seconds.
 * test      fails gives_up_at_the_end_of_the_window, gives_up_and_tells, gives_up_in_any_ten_seconds,
 *           pauses_longer_and_longer, stops_in_a_pause, runs_nothing_once_stopped, tells_of_the_limit_when_stopped
 */
#include "keeper.h"

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	(void)clock;
	while (task(context, stop) != 0 && !stop_requested(stop))
		;
	return 0;
}

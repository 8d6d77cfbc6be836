/*
 * Tempting  one line against the hot loop: a tenth of a second between two runs, and the machine is quiet.
 * Refused   the tests: it fails ten times a second, for ever. The log is full two weeks later, and nobody was told.
 * test      fails gives_up_at_the_end_of_the_window, gives_up_and_tells, gives_up_in_any_ten_seconds,
 *           pauses_longer_and_longer, forgives_what_is_rare, runs_nothing_once_stopped,
 *           tells_of_the_limit_when_stopped
 */
#include "keeper.h"

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	while (task(context, stop) != 0)
		if (clock->wait(clock->context, stop, 100))
			return 0;
	return 0;
}

/*
 * Tempting  one line against the hot loop: a tenth of a second between two runs, and the machine is quiet.
 * Refused   the tests: it fails ten times a second, for ever. The log is full two weeks later, and nobody was told.
 * test      fails gives_up_and_tells, pauses_longer_and_longer, forgives_what_is_rare
 */
#include "keeper.h"

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	while (task(context, stop) != 0)
		if (clock->wait(clock->context, stop, 100))
			return 0;
	return 0;
}

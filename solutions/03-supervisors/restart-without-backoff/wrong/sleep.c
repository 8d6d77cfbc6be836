/*
 * Tempting  a pause is a sleep, and nanosleep() takes exactly that.
 * Refused   the tests: a sleep hears no stop, and it is not the clock that the keeper was given: nobody can test ten
 *           seconds in less than ten seconds.
 * test      fails gives_up_at_the_end_of_the_window, gives_up_in_any_ten_seconds, pauses_longer_and_longer,
 *           stops_in_a_pause
 */
#include "keeper.h"

#include <time.h>

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
		if (now - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		nanosleep(&(struct timespec){.tv_nsec = pause * 1000000}, NULL);
		pause = 2 * pause < KEEPER_LONGEST_PAUSE ? 2 * pause : KEEPER_LONGEST_PAUSE;
	}
	return 0;
}

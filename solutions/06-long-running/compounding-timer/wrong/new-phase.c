/*
 * After something was missed, the clock begins anew: a period from now.
 *
 * Tempting  the burst is gone, and the next one is a whole period away, as it should be.
 * Refused   the test: what was due on the hour is due at a quarter to from now on, and after the next delay at twenty
 *           past. All that was agreed with others about these times is void.
 * test      fails skips_what_it_has_missed
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
	long now = ticker.clock->now();

	due += ticker.period;
	if (ticker.policy == TICKER_CATCH_UP || due >= now)
		return due;
	ticker.skipped += (now - due + ticker.period - 1) / ticker.period;
	return now + ticker.period;
}

static void *tick(void *arg)
{
	long due = ticker.period;

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

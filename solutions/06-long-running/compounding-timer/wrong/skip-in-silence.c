/*
 * What has passed is skipped, if that was chosen, and nobody counts it.
 *
 * Tempting  skipped is skipped; the caller wanted nothing to be done, and nothing is done.
 * Refused   the test: a ticker that does one in ten looks like one that does all. Without the number nobody learns that
 *           the period is too short for the work.
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
	due += ticker.period;
	if (ticker.policy == TICKER_SKIP)
		while (due < ticker.clock->now())
			due += ticker.period;
	return due;
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

/*
 * The next one is due a period after the work has ended.
 *
 * Tempting  there is no burst and nothing to be missed; one line, and everybody understands it.
 * Refused   the tests: it is a pause, and no clock. What takes a minute each hour is an hour late after sixty of them,
 *           and nobody counts what was left out.
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
	(void)due;
	return ticker.clock->now() + ticker.period;
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

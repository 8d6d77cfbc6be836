/*
 * What has passed is skipped.
 *
 * Tempting  the bursts were the accident, and there are none any more.
 * Refused   the test: there was a choice, and this is only one half of it. Of what must be done, such as the interest
 *           of each day, four days are missing.
 * test      fails catches_up
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
	for (due += ticker.period; due < ticker.clock->now(); due += ticker.period)
		ticker.skipped++;
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

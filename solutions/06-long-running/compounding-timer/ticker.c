/*
 * The times are multiples of the period, and are never taken from the end of the
 * work: so they do not drift. Whether one that has passed is done or left out
 * is one line, with the name of the policy in it.
 *
 * Promise   what was missed is skipped and counted, or caught up with: whichever the caller has chosen.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when started <= 1, joined == started
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

/*
 * Each time has its turn, and it is asked just before its work whether it has
 * passed. Nothing is reckoned ahead.
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

static bool is_missed(long due)
{
	return ticker.policy == TICKER_SKIP && due < ticker.clock->now();
}

static void *tick(void *arg)
{
	bool more = true;

	for (long due = ticker.period; more; due += ticker.period) {
		if (is_missed(due)) {
			ticker.skipped++;
			continue;
		}
		ticker.clock->wait_until(due);
		more = ticker.work(due);
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

/*
 * The next multiple of the period after now.
 *
 * Tempting  one division, no loop, and it looks like the definition.
 * Refused   the test: what is due just now is not after now, and is skipped. It happens when the work takes exactly a
 *           period, and then each time.
 * test      fails keeps_its_times, skips_what_it_has_missed
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
	if (ticker.policy == TICKER_CATCH_UP)
		return due + ticker.period;
	long next = (ticker.clock->now() / ticker.period + 1) * ticker.period;

	ticker.skipped += (next - due) / ticker.period - 1;
	return next;
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

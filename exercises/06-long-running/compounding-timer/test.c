/*
 * What ticker.h promises, by a clock that only knows two ways to go on: waiting
 * for it, and work, which takes as long as the test says. So each run is the
 * same, on every machine, and none takes any time.
 */
#include "ticker.h"

#include <criterion/criterion.h>
#include <stdbool.h>

#include "kit/gauge.h"

enum { PERIOD = 10, ROOM = 16 };

/* Of the ticker's thread, and of the test's when it has been joined. */
static long now;
static const long *durations; /* of the work, one after the other */
static int to_do, done;
static struct {
	long due, begun;
} log_[ROOM];
static bool by_caller; /* the clock was used, or work done, by the thread that starts the ticker */

static _Thread_local bool is_caller;

static long clock_now(void)
{
	by_caller |= is_caller;
	return now;
}

static void clock_wait_until(long time)
{
	by_caller |= is_caller;
	now = time > now ? time : now;
}

static const struct ticker_clock test_clock = {clock_now, clock_wait_until};

static bool work(long due)
{
	by_caller |= is_caller;
	if (done < ROOM) {
		log_[done].due = due;
		log_[done].begun = now;
	}
	gauge_set("overdue", now - due);
	now += durations[done];
	return ++done < to_do;
}

/* Lets so many be done, from a time on that is not a multiple of the period. Returns how many were skipped. */
static long run(enum ticker_policy policy, const long *new_durations, int count)
{
	now = PERIOD / 2;
	durations = new_durations;
	to_do = count;
	is_caller = true;
	ticker_start(&test_clock, PERIOD, policy, work);
	long skipped = ticker_join();

	cr_assert_not(by_caller, "the thread that called ticker_start() did the work, or used the clock");
	return skipped;
}

static void expect(int index, long due, long begun)
{
	cr_assert_lt(index, done, "only %d were done", done);
	cr_assert_eq(log_[index].due, due, "number %d was the one of %ld, and it should be that of %ld", index + 1,
		     log_[index].due, due);
	cr_assert_eq(log_[index].begun, begun, "the one of %ld was begun at %ld, and it should be at %ld", due,
		     log_[index].begun, begun);
}

Test(ticker, keeps_its_times, .timeout = 60)
{
	static const long some[] = {3, 9, 0, 10, 1};

	cr_assert_eq(run(TICKER_SKIP, some, 5), 0, "all were in time, and some were skipped");
	for (int i = 0; i < 5; i++)
		expect(i, (i + 1) * PERIOD, (i + 1) * PERIOD);
}

Test(ticker, skips_what_it_has_missed, .timeout = 60)
{
	static const long long_one[] = {35, 1, 25, 20, 31};
	long skipped = run(TICKER_SKIP, long_one, 5);

	expect(0, 10, 10);
	expect(1, 50, 50); /* 20, 30 and 40 have passed, at 45 */
	expect(2, 60, 60);
	expect(3, 90, 90);   /* 70 and 80 have passed, at 85 */
	expect(4, 110, 110); /* 100 has passed, and 110 is now */
	/* And of those that have become due during the last one there was to be none. */
	cr_assert_eq(skipped, 6, "6 were skipped, and %ld were counted", skipped);
}

Test(ticker, catches_up, .timeout = 60)
{
	enum { MANY = ROOM - 1 };
	static const long long_one[MANY] = {115, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
	long ended = 0;

	/* Eleven have passed when the first has ended, at 125. The last is in time again. */
	cr_assert_eq(run(TICKER_CATCH_UP, long_one, MANY), 0, "nothing was to be skipped");
	for (int i = 0; i < MANY; i++) {
		long due = (i + 1) * PERIOD, begun = due > ended ? due : ended;

		expect(i, due, begun);
		ended = begun + long_one[i];
	}
}

/*
 * What flags.h promises, seen by two shops. The slow shop has no lock, on
 * purpose: flags_stop() promises that nobody fetches any more when it returns.
 * If somebody does, that is a data race.
 */
#include "flags.h"

#include <criterion/criterion.h>
#include <time.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum {
	SHORT = 1, /* ms: an interval */
	MIDDLE =
		600, /* ms: an interval; a tenth of it is clearly too short, and ten times of it too long for PATIENCE */
	FOR_EVER = 86400000, /* ms: an interval */
	LONG = 8000,	     /* ms: an interval; only a wrong flags_stop() takes so long */
	LONGER = 24000,	     /* ms: the same where it is timed, which begins a while after the interval has */
	PATIENCE = 8000,     /* ms in which everybody waits: for the next fetch; only wrong flags ever take all of it */
	SLICE = 100,	     /* ms, of a patience */
};
enum {
	BOOKS = 1,
	WINE = 2,
	CIDER = 4
}; /* each shop has one flag that is on; wine gets another when books is stopped */
enum { HOLD_OVER, NEVER };

static struct stop stopped;	      /* requested when flags_stop() has returned */
static struct stop fetched_since;     /* requested when wine is fetched after that for the second time */
static struct stop fetched_again;     /* requested when the flags that have a long interval are fetched again */
static struct timespec fetched_at[2]; /* since then, the first time and the second; read when that was requested */
static struct gate looked_at = GATE_INITIALIZER;
static struct gate hold_begun = GATE_INITIALIZER;

/* A time in which somebody has something to do does not count: on a slow machine nobody is late. */
static bool await(struct stop *stop, long patience)
{
	for (; patience > 0 && !stop_wait(stop, SLICE); patience -= SLICE)
		schedule_await_blocked();
	return stop_requested(stop);
}

static unsigned fetch_books(void *source)
{
	(void)source;
	return BOOKS;
}

/* Takes until flags_start() waits for it, or has returned without. */
static unsigned fetch_books_slowly(void *source)
{
	schedule_await_blocked();
	return fetch_books(source);
}

/* Flags that do not wait for their interval come to rest at the second fetch, and are found out. */
static unsigned fetch_books_once(void *source)
{
	int *fetches = source;

	if (++*fetches > 1) {
		stop_request(&fetched_again);
		gate_wait(&looked_at);
	}
	return BOOKS;
}

static unsigned fetch_wine(void *source)
{
	static int since;

	(void)source;
	if (!stop_requested(&stopped))
		return WINE;
	if (since < 2)
		fetched_at[since] = deadline_in(0);
	if (++since == 2)
		stop_request(&fetched_since); /* what was fetched before is there by now */
	return CIDER;
}

static void init(void)
{
	schedule_wake_in_vain();
	stop_init(&stopped);
	stop_init(&fetched_since);
	stop_init(&fetched_again);
}

TestSuite(flags, .init = init, .timeout = 60);

Test(flags, starts_again)
{
	struct flags *books = flags_start(fetch_books_slowly, NULL, LONG);
	cr_assert(flags_has(books, BOOKS), "flags_start() has returned, and the flags are not there");
	flags_stop(books);

	struct flags *wine = flags_start(fetch_wine, NULL, LONG);
	cr_assert(flags_has(wine, WINE) && !flags_has(wine, BOOKS), "the new flags are those that were stopped");
	flags_stop(wine);
}

Test(flags, each_follows_its_own_source)
{
	struct flags *books = flags_start(fetch_books, NULL, SHORT);
	struct flags *wine = flags_start(fetch_wine, NULL, MIDDLE);
	cr_assert(flags_has(books, BOOKS) && !flags_has(books, WINE), "books has the flags of wine");
	cr_assert(flags_has(wine, WINE) && !flags_has(wine, BOOKS), "wine has the flags of books");

	flags_stop(books);
	stop_request(&stopped);
	cr_assert(await(&fetched_since, PATIENCE), "books is stopped, and wine is not fetched any more");
	cr_assert(flags_has(wine, CIDER) && !flags_has(wine, WINE), "wine has other flags now, and they are not seen");
	long between = (fetched_at[1].tv_sec - fetched_at[0].tv_sec) * 1000 +
		       (fetched_at[1].tv_nsec - fetched_at[0].tv_nsec) / 1000000;
	cr_assert_geq(between, MIDDLE, "wine is fetched every %d ms, and was after %ld ms", MIDDLE, between);
	flags_stop(wine);
}

static void *stop_them(void *flags)
{
	flags_stop(flags);
	stop_request(&stopped);
	return NULL;
}

Test(flags, stops_in_the_middle_of_an_interval)
{
	struct timespec start, now;
	pthread_t stopper;
	int fetches = 0, first_fetches = 0;

	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &start) == 0);
	struct flags *first = flags_start(fetch_books_once, &first_fetches, FOR_EVER);
	schedule_await_blocked(); /* its thread waits first: one wake-up for any of those that wait is not enough */
	struct flags *books = flags_start(fetch_books_once, &fetches, LONGER);
	schedule_await_blocked(); /* now the thread waits for the interval to pass */
	bool again = stop_requested(&fetched_again);
	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	bool early = again && now.tv_sec - start.tv_sec < LONGER / 1000;
	gate_open(&looked_at);
	CHECK(pthread_create(&stopper, NULL, stop_them, books));
	books = NULL; /* or memcheck could reach them here */
	bool in_time = await(&stopped, LONGER / 2);
	CHECK(pthread_join(stopper, NULL));
	REQUIRE(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	bool over = now.tv_sec - start.tv_sec >= LONGER / 1000; /* where all is slow the interval has passed, too */
	cr_assert_not(early, "the flags are fetched again before the interval has passed");
	cr_assert(in_time, "flags_stop() waits for the interval to pass");
	cr_assert(again || over || fetches == 1,
		  "the flags are stopped in the middle of an interval, and fetched once more");
	flags_stop(first); /* last: it has no end where the interval must pass */
}

static struct stop answered;   /* requested when flags_has() has, and others have started */
static struct stop waited_for; /* requested when a fetch is under way and one of the two waits for it */

/* The second takes until somebody waits for it, or nobody has. */
static unsigned fetch_patiently(void *source)
{
	int *fetches = source;

	if (++*fetches == 2) {
		gate_open(&hold_begun);
		schedule_await_blocked();
		if (!stop_requested(&answered))
			stop_request(&waited_for);
	}
	return BOOKS;
}

Test(flags, answers_while_it_fetches)
{
	static int fetches;

	stop_init(&answered);
	stop_init(&waited_for);
	struct flags *flags = flags_start(fetch_patiently, &fetches, SHORT);
	gate_wait(&hold_begun);
	bool has = flags_has(flags, BOOKS);
	struct flags *others = flags_start(fetch_books, NULL, MIDDLE);
	stop_request(&answered);
	flags_stop(others);
	flags_stop(flags);
	cr_assert(has, "the flags are being fetched again, and those that were there are not seen");
	cr_assert_not(stop_requested(&waited_for),
		      "a fetch is under way, and flags_has() waits for it, or flags_start() of others");
}

static struct shop {
	int begun, ended; /* fetches */
	bool late;	  /* flags_stop() returned while one was under way */
} slow_shop;

/* Keeps the second fetch under way until flags_stop() waits for it, or has returned without. */
static void hold(struct shop *shop)
{
	int before, taken[2];

	gate_open(&hold_begun);
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before));
	schedule_await_blocked();
	shop->late = stop_requested(&stopped);
	/* Until the test ends they have the numbers of descriptors that flags_stop() closed too early. */
	REQUIRE(pipe(taken) == 0);
	CHECK(pthread_setcancelstate(before, &before));
	schedule_reached(HOLD_OVER);
	if (shop->late)
		schedule_await(NEVER); /* nobody can tell what this thread would do next */
}

static unsigned fetch_slowly(void *source)
{
	struct shop *shop = source;

	if (++shop->begun == 2)
		hold(shop);
	pthread_testcancel(); /* as in read() */
	shop->ended++;
	return 0;
}

/* Looks without a lock, as the caller of flags_stop() may. */
static struct shop shop_when_stopped(void)
{
	return slow_shop;
}

Test(flags, is_at_rest_when_stopped)
{
	struct flags *flags = flags_start(fetch_slowly, &slow_shop, SHORT);
	gate_wait(&hold_begun);
	/* What the fetch brings comes after this look, and no lock of the test orders the two. */
	cr_assert_not(flags_has(flags, BOOKS),
		      "the flags are there, and the fetch that could bring them has not ended");
	flags_stop(flags);
	stop_request(&stopped);
	schedule_await(HOLD_OVER);

	struct shop shop = shop_when_stopped();
	cr_assert_not(shop.late, "flags_stop() has returned, and a fetch is still under way");
	cr_assert_eq(shop.ended, shop.begun, "fetches begun %d, ended %d", shop.begun, shop.ended);
}

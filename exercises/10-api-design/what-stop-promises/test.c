/*
 * Which designs a contract excludes. Each design runs, and is stopped in the middle
 * of show(), in the middle of read(), and in the middle of an interval. What it
 * was seen to do then is held against the contract. There is a test for each need
 * of the callers, with the designs that do not serve it, and one for what is right.
 *
 * The interval passes when the test says so, and a call of show() ends when the
 * test says so: no design is judged by its speed.
 */
#include "tide.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/schedule.h"

#include "designs/drops_the_last.c"
#include "designs/joins_only_one.c"
#include "designs/once_more.c"
#include "designs/one_thread.c"
#include "designs/overlapping.c"
#include "designs/signals_instead_of_join.c"
#include "designs/sleeps.c"
#include "designs/thread_for_each.c"
#include "designs/told_too_early.c"
#include "designs/two_threads.c"

/* The test's own threads are not counted. */
#undef pthread_create
#undef pthread_join
#undef pthread_detach

enum { STARTS, SHOWS_FIRST, ONE_SHOWER, NOT_TWO, SHOWS_ALL, AT_ONCE, NO_INTERVAL, NOT_RUNNING, NOT_AGAIN };

static const struct clause vocabulary[] = {
	[STARTS] = {"tide_start() starts the gauge", "no level is shown"},
	[SHOWS_FIRST] = {"tide_start() returns when the first level has been shown",
			 "tide_start() returns, and nothing has been shown yet"},
	[ONE_SHOWER] = {"show() is always called by the same thread", "the second level is shown by another thread"},
	[NOT_TWO] = {"show() is never called by two threads at once", "two threads are in show() at once"},
	[SHOWS_ALL] = {"every level that was read is shown", "a level was read, and is never shown"},
	[AT_ONCE] = {"tide_stop() returns at once, even while show() is running",
		     "tide_stop() waits for a call of show() to end"},
	[NO_INTERVAL] = {"tide_stop() does not wait for the interval to pass",
			 "tide_stop() returns only when the interval has passed"},
	[NOT_RUNNING] = {"when tide_stop() returns, show() is not running",
			 "tide_stop() returns while show() is running"},
	[NOT_AGAIN] = {"after tide_stop(), show() is not called again",
		       "show() is called after tide_stop() has returned"},
	{0}};

enum moment { IN_SHOW, IN_READ, IN_INTERVAL };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* all guarded by lock */
static long intervals; /* that have passed */
static struct {
	bool hold_show, hold_read, may_stop;
	bool over;		       /* no interval is waited for any more */
	bool started, stopped;	       /* the calls have returned */
	long read, begun, shown;       /* levels */
	long showing, most;	       /* threads in show(), now and at most */
	long showers;		       /* threads that have been in it */
	long begun_then, showing_then; /* when tide_stop() returned */
} sea;
static _Thread_local bool has_shown;

static void await(void)
{
	CHECK(pthread_cond_wait(&changed, &lock));
}

static void change(bool *what, bool value)
{
	CHECK(pthread_mutex_lock(&lock));
	*what = value;
	CHECK(pthread_cond_broadcast(&changed));
	CHECK(pthread_mutex_unlock(&lock));
}

static bool is(const bool *what)
{
	CHECK(pthread_mutex_lock(&lock));
	bool value = *what;
	CHECK(pthread_mutex_unlock(&lock));
	return value;
}

/* --- what designs call --- */

void bell_ring(struct bell *bell)
{
	change(&bell->rung, true);
}

bool bell_or_interval(struct bell *bell)
{
	CHECK(pthread_mutex_lock(&lock));
	for (long before = intervals; !bell->rung && intervals == before && !sea.over;)
		await();
	bool rung = bell->rung;
	CHECK(pthread_mutex_unlock(&lock));
	return rung;
}

void sleep_an_interval(void)
{
	bell_or_interval(&(struct bell){false});
}

static long read_level(void *board)
{
	REQUIRE(board == &sea);
	CHECK(pthread_mutex_lock(&lock));
	long level = ++sea.read;
	while (sea.hold_read)
		await();
	CHECK(pthread_mutex_unlock(&lock));
	return level;
}

static void show(void *board, long level)
{
	(void)level;
	REQUIRE(board == &sea);
	CHECK(pthread_mutex_lock(&lock));
	sea.begun++;
	sea.showing++;
	sea.most = sea.showing > sea.most ? sea.showing : sea.most;
	sea.showers += !has_shown;
	has_shown = true;
	while (sea.hold_show)
		await();
	sea.showing--;
	sea.shown++;
	CHECK(pthread_mutex_unlock(&lock));
}

/* --- what is seen --- */

/* The caller of the gauge: starts it, and stops it when it may. */
static void *call(void *arg)
{
	const struct design *design = arg;
	void *tide = design->start(read_level, show, &sea);

	change(&sea.started, true);
	CHECK(pthread_mutex_lock(&lock));
	while (!sea.may_stop)
		await();
	CHECK(pthread_mutex_unlock(&lock));
	design->stop(tide);
	CHECK(pthread_mutex_lock(&lock));
	sea.begun_then = sea.begun;
	sea.showing_then = sea.showing;
	sea.stopped = true;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

static void pass_interval(void)
{
	CHECK(pthread_mutex_lock(&lock));
	intervals++;
	CHECK(pthread_cond_broadcast(&changed));
	CHECK(pthread_mutex_unlock(&lock));
	schedule_await_blocked();
}

/* Up to the moment in which the gauge is stopped. */
static void come_to(enum moment moment, bool *broken)
{
	schedule_await_blocked();
	if (moment == IN_SHOW)
		broken[SHOWS_FIRST] |= is(&sea.started);
	if (moment != IN_READ)
		pass_interval();
	CHECK(pthread_mutex_lock(&lock));
	broken[STARTS] |= moment != IN_READ && sea.begun == 0;
	broken[NOT_TWO] |= sea.most > 1;
	broken[ONE_SHOWER] |= sea.showers > 1 && sea.most == 1;
	CHECK(pthread_mutex_unlock(&lock));
}

/* From there on; what is over must be, with an interval that passes or with none. */
static void stop_in(enum moment moment, bool *broken)
{
	change(&sea.may_stop, true);
	schedule_await_blocked();
	broken[AT_ONCE] |= moment == IN_SHOW && !is(&sea.stopped);
	broken[NO_INTERVAL] |= moment == IN_INTERVAL && !is(&sea.stopped);
	CHECK(pthread_mutex_lock(&lock));
	sea.hold_show = sea.hold_read = false;
	sea.over = true;
	CHECK(pthread_cond_broadcast(&changed));
	CHECK(pthread_mutex_unlock(&lock));
}

static void look_at(const struct design *design, enum moment moment, struct witness *seen)
{
	pthread_t caller;

	CHECK(pthread_mutex_lock(&lock));
	memset(&sea, 0, sizeof sea);
	sea.hold_show = moment == IN_SHOW;
	sea.hold_read = moment == IN_READ;
	CHECK(pthread_mutex_unlock(&lock));
	counted_begin();
	NEED(pthread_create(&caller, NULL, call, (void *)design));
	come_to(moment, seen->broken);
	stop_in(moment, seen->broken);
	CHECK(pthread_join(caller, NULL));
	if (design->at_exit)
		design->at_exit();
	schedule_await_blocked(); /* a thread that nobody joins has ended by now, which it mostly has */
	seen->threads = counted_end();
	/* No thread is left. While a level is being read it is open what of it is shown before the return, and what after. */
	seen->broken[NOT_RUNNING] |= moment != IN_READ && sea.showing_then > 0;
	seen->broken[NOT_AGAIN] |= moment != IN_READ && sea.begun > sea.begun_then;
	seen->broken[SHOWS_ALL] |= sea.shown < sea.read;
}

static void judge(const struct design *const *designs)
{
	char wrong[2048] = "";

	for (; *designs; designs++) {
		struct witness seen = {.name = (*designs)->name, .harm = (*designs)->harm};
		look_at(*designs, IN_SHOW, &seen);
		look_at(*designs, IN_READ, &seen);
		look_at(*designs, IN_INTERVAL, &seen);
		contract_add(wrong, sizeof wrong, contract_misjudges(&tide_contract, vocabulary, &seen));
	}
	cr_assert(!*wrong, "%s", wrong);
}

Test(contract, readable, .timeout = 60)
{
	const char *why = contract_problem(&tide_contract, vocabulary);

	cr_assert(!why, "%s", why);
}

Test(contract, admits_what_is_right, .timeout = 60)
{
	judge((const struct design *const[]){&one_thread, &two_threads, &thread_for_each, NULL});
}

Test(contract, keeps_the_board_safe, .timeout = 60)
{
	judge((const struct design *const[]){&told_too_early, &once_more, &overlapping, NULL});
}

Test(contract, keeps_the_log_whole, .timeout = 60)
{
	judge((const struct design *const[]){&drops_the_last, NULL});
}

Test(contract, lets_the_caller_go, .timeout = 60)
{
	judge((const struct design *const[]){&sleeps, NULL});
}

Test(contract, leaves_no_thread, .timeout = 60)
{
	judge((const struct design *const[]){&signals_instead_of_join, &joins_only_one, NULL});
}

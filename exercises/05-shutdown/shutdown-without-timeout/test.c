/*
 * What uploads.h promises, seen from outside. An upload and the test share
 * reported() without a lock, on purpose: uploads_stop() promises that nothing
 * runs any more when it returns 0. If something does, that is a data race.
 */
#include "uploads.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/schedule.h"

/*
 * In ms. Nothing is judged by how long it takes, but by whether it ends at all:
 * LATE is when the test stops waiting for that, and no right one is near it. But
 * a stop that gives up has waited for as long as it was told to.
 */
enum { SHORT = 400, LONGER = 1800, PAUSE = 800, LATE = 8000, FOR_EVER = 86400000 };
/* Uploads. STUCK * LONGER is more than LATE, and so is (SLOW - 1) * PAUSE + LONGER. */
enum { WILLING = 3, STUCK = 5, SLOW = UPLOADS_ROOM - STUCK - 2, ALL = UPLOADS_ROOM + 1 };

static int scans[ALL];

enum { OFFICE_ANSWERS };    /* for kit/schedule.h */
static bool office_answers; /* as soon as uploads_stop() waits */
static bool at_once;	    /* and then that has returned, and no time had to pass */

/* How often this scan's upload has reported that it ended on request; adds `more` to it. */
static long reported(const int *scan, int more)
{
	static long reports[ALL];

	return reports[scan - scans] += more;
}

/* How many of the first `count` scans' uploads have. */
static int all_reported(int count)
{
	int all = 0;

	for (int i = 0; i < count; i++)
		all += reported(&scans[i], 0) == 1;
	return all;
}

/* An upload that ends when it is asked to, and only then. */
static void willing(struct stop *stop, void *scan)
{
	while (!stop_wait(stop, FOR_EVER))
		;
	reported(scan, 1);
}

/* One that is done at once. */
static void quick(struct stop *stop, void *scan)
{
	(void)stop;
	reported(scan, 1);
}

/* An upload that waits for the tax office, even if it is asked to stop meanwhile. The answer orders nothing. */
static void stuck(struct stop *stop, void *scan)
{
	schedule_await(OFFICE_ANSWERS);
	reported(scan, stop_requested(stop));
}

static struct gate slow_answers[SLOW]; /* of the scans that follow those of the stuck ones */
static int slow_ones;		       /* have got their answer */
static int in_time;		       /* have returned since, and the patience was not over */

/* An upload that gets its answer after some time, one after the other. */
static void slow(struct stop *stop, void *scan)
{
	gate_wait(&slow_answers[(int *)scan - scans - STUCK]);
	reported(scan, stop_requested(stop));
}

static void answer_slow_one(void)
{
	if (slow_ones < SLOW)
		gate_open(&slow_answers[slow_ones++]);
}

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

/* A call of uploads_stop(), in a thread of its own, so that the test goes on if it does not return. */
static struct call {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	long patience;
	int result;    /* guarded by lock */
	long waited;   /* ms; guarded by lock */
	bool returned; /* guarded by lock */
} call = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *call_stop(void *arg)
{
	long began = now();
	int result = uploads_stop(call.patience);

	CHECK(pthread_mutex_lock(&call.lock));
	call.result = result;
	call.waited = now() - began + 1;
	call.returned = true;
	CHECK(pthread_cond_signal(&call.changed));
	CHECK(pthread_mutex_unlock(&call.lock));
	return arg;
}

/* Whether uploads_stop() returns within that many milliseconds. */
static bool stop_returns(long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&call.lock));
	while (!call.returned && deadline_cond_wait(&call.changed, &call.lock, &end))
		;
	bool returned = call.returned;
	CHECK(pthread_mutex_unlock(&call.lock));
	return returned;
}

/* Lets one slow upload return, and waits until it has. By then the patience is over on no machine but a slow one. */
static void answer_in_time(long began)
{
	int before = slow_ones;

	answer_slow_one();
	schedule_await_blocked();
	in_time += slow_ones > before && now() - began < LONGER;
}

/* What uploads_stop() returns, while a slow upload ends now and then. Fails the test if it does not return. */
static int result_of_stop(long patience)
{
	pthread_t caller;
	long began = now();

	call.patience = patience;
	call.returned = false;
	deadline_cond_init(&call.changed);
	CHECK(pthread_create(&caller, NULL, call_stop, NULL));
	schedule_await_blocked();
	if (office_answers) {
		schedule_reached(OFFICE_ANSWERS);
		schedule_await_blocked(); /* one that sleeps for a time sleeps on */
		at_once = stop_returns(0);
	}

	bool returned = false;
	for (long waited = 0; waited < LATE && !returned; waited += PAUSE) {
		if (patience == LONGER)
			answer_in_time(began);
		returned = stop_returns(waited + PAUSE < LATE ? PAUSE : LATE - waited);
	}
	cr_assert(returned, "uploads_stop(%ld) has not returned after %d ms", patience, LATE);
	CHECK(pthread_join(caller, NULL));
	CHECK(pthread_cond_destroy(&call.changed));
	return call.result;
}

Test(uploads, asks_and_waits_for_all, .timeout = 60)
{
	schedule_wake_in_vain();
	cr_assert(uploads_start(quick, &scans[0]));
	schedule_await_blocked(); /* it has returned, and nothing orders that with the next one */
	for (int i = 1; i < WILLING; i++)
		cr_assert(uploads_start(willing, &scans[i]));
	cr_assert(uploads_start(stuck, &scans[WILLING]));
	office_answers = true;
	cr_assert_eq(result_of_stop(FOR_EVER), 0, "uploads_stop(%d) does not wait until all have returned", FOR_EVER);
	cr_assert(at_once, "all have returned, and uploads_stop() waits for a time to pass");
	int ended = all_reported(WILLING + 1);
	cr_assert_eq(ended, WILLING + 1, "uploads_stop() has returned 0, and %d of %d uploads have ended", ended,
		     WILLING + 1);
}

Test(uploads, gives_up_on_a_stuck_upload, .timeout = 60)
{
	schedule_wake_in_vain();
	cr_assert(uploads_start(quick, &scans[STUCK + SLOW + 2]));
	schedule_await_blocked(); /* it has returned, and has had its room all the same */
	for (int i = 0; i < STUCK; i++)
		cr_assert(uploads_start(stuck, &scans[i]));
	for (int i = 0; i < SLOW; i++) {
		gate_init(&slow_answers[i]);
		cr_assert(uploads_start(slow, &scans[STUCK + i]));
	}
	cr_assert(uploads_start(willing, &scans[STUCK + SLOW]));
	cr_assert_not(uploads_start(willing, &scans[STUCK + SLOW + 1]), "there is no room for one more");
	/*
	 * The patience is one for all uploads, whichever end meanwhile: a stop that grants it to each of them, or begins it
	 * again with each that ends, returns too late.
	 */
	int running = result_of_stop(LONGER);
	long waited = call.waited;
	bool started = uploads_start(willing, &scans[STUCK + SLOW + 1]);
	schedule_await_blocked(); /* on a slow machine only now the willing one has returned */
	int waiting = STUCK + SLOW - slow_ones, still = result_of_stop(SHORT);
	long waited_again = call.waited;
	int now_running = result_of_stop(0);
	schedule_reached(OFFICE_ANSWERS);
	schedule_await_blocked(); /* the stuck ones have returned, and nothing orders that with the call before */
	while (slow_ones < SLOW)
		answer_slow_one();
	schedule_await_blocked(); /* nor that all have with the next one */
	int in_the_end = result_of_stop(FOR_EVER);
	cr_assert(running >= waiting && running <= STUCK + SLOW + 1 - in_time,
		  "%d uploads have returned in time, %d are stuck, and uploads_stop() returns %d", in_time, waiting,
		  running);
	cr_assert_geq(waited, LONGER, "uploads_stop(%d) gives up after %ld ms", LONGER, waited);
	cr_assert_not(started, "an upload is started after uploads_stop()");
	cr_assert_eq(still, waiting, "%d uploads are still running, and uploads_stop() returns %d", waiting, still);
	cr_assert_geq(waited_again, SHORT, "the second uploads_stop(%d) gives up after %ld ms", SHORT, waited_again);
	cr_assert_eq(now_running, waiting, "%d uploads are still running, and uploads_stop(0) returns %d", waiting,
		     now_running);
	cr_assert_eq(in_the_end, 0, "uploads_stop(%d) does not wait until all have returned", FOR_EVER);
	int told = all_reported(STUCK + SLOW);
	cr_assert_eq(told, STUCK + SLOW, "%d uploads got their answer, and %d found a stop request in their token",
		     STUCK + SLOW, told);
}

Test(uploads, starts_nothing_after_stop, .timeout = 60)
{
	cr_assert_eq(result_of_stop(FOR_EVER), 0, "nothing was ever started");
	cr_assert_not(uploads_start(willing, &scans[0]));
}

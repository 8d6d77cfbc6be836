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
 * LATE is when the test stops waiting for that, and no right one is near it.
 */
enum { SHORT = 20, LONGER = 2000, LATE = 8000, FOR_EVER = 86400000 };
enum { WILLING = 3, STUCK = 5 }; /* uploads; STUCK * LONGER is more than LATE */

static int scans[STUCK + 2];

static struct gate office_answers = GATE_INITIALIZER;

/* How often this scan's upload has reported that it ended on request; adds `more` to it. */
static long reported(const int *scan, int more)
{
	static long reports[STUCK + 2];

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

/* An upload that waits for the tax office, whoever asks it to stop meanwhile. */
static void stuck(struct stop *stop, void *scan)
{
	gate_wait(&office_answers);
	reported(scan, stop_requested(stop));
}

/* A call of uploads_stop(), in a thread of its own, so that the test goes on if it does not return. */
static struct call {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	long patience;
	int result;    /* guarded by lock */
	bool returned; /* guarded by lock */
} call = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *call_stop(void *arg)
{
	int result = uploads_stop(call.patience);

	CHECK(pthread_mutex_lock(&call.lock));
	call.result = result;
	call.returned = true;
	CHECK(pthread_cond_signal(&call.changed));
	CHECK(pthread_mutex_unlock(&call.lock));
	return arg;
}

/* What uploads_stop() returns. Fails the test if it does not. */
static int result_of_stop(long patience)
{
	pthread_t caller;

	call.patience = patience;
	call.returned = false;
	deadline_cond_init(&call.changed);
	CHECK(pthread_create(&caller, NULL, call_stop, NULL));

	struct timespec end = deadline_in(LATE);
	CHECK(pthread_mutex_lock(&call.lock));
	while (!call.returned && deadline_cond_wait(&call.changed, &call.lock, &end))
		;
	bool returned = call.returned;
	CHECK(pthread_mutex_unlock(&call.lock));
	cr_assert(returned, "uploads_stop(%ld) has not returned after %d ms", patience, LATE);
	CHECK(pthread_join(caller, NULL));
	CHECK(pthread_cond_destroy(&call.changed));
	return call.result;
}

Test(uploads, asks_and_waits_for_all, .timeout = 60)
{
	for (int i = 0; i < WILLING; i++)
		cr_assert(uploads_start(willing, &scans[i]));
	cr_assert_eq(result_of_stop(FOR_EVER), 0);
	int ended = all_reported(WILLING);
	cr_assert_eq(ended, WILLING, "uploads_stop() has returned 0, and %d of %d uploads have ended", ended, WILLING);
}

Test(uploads, gives_up_on_a_stuck_upload, .timeout = 60)
{
	for (int i = 0; i < STUCK; i++)
		cr_assert(uploads_start(stuck, &scans[i]));
	cr_assert(uploads_start(willing, &scans[STUCK]));
	/* The patience is for all together: whoever has it with each of them comes too late. */
	int running = result_of_stop(LONGER);
	bool started = uploads_start(willing, &scans[STUCK + 1]);
	schedule_await_blocked(); /* on a slow machine only now the willing one has returned */
	int still = result_of_stop(SHORT);
	gate_open(&office_answers);
	int in_the_end = result_of_stop(FOR_EVER);
	cr_assert(running >= STUCK && running <= STUCK + 1, "%d uploads are stuck, and uploads_stop() returns %d",
		  STUCK, running);
	cr_assert_not(started, "an upload is started after uploads_stop()");
	cr_assert_eq(still, STUCK, "%d uploads are still running, and uploads_stop() returns %d", STUCK, still);
	cr_assert_eq(in_the_end, 0, "uploads_stop(%d) does not wait until all have returned", FOR_EVER);
	int told = all_reported(STUCK);
	cr_assert_eq(told, STUCK, "%d uploads got their answer, and %d found a stop request in their token", STUCK,
		     told);
}

Test(uploads, starts_nothing_after_stop, .timeout = 60)
{
	cr_assert_eq(result_of_stop(FOR_EVER), 0, "nothing was ever started");
	cr_assert_not(uploads_start(willing, &scans[0]));
}

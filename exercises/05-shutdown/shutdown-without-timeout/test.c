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

/*
 * In ms. Nothing is judged by how long it takes, but by whether it ends at all:
 * LATE is when the test stops waiting for that, and no right one is near it.
 */
enum { SHORT = 20, LATE = 8000, FOR_EVER = 86400000 };
enum { WILLING = 3 };

static struct gate office_answers = GATE_INITIALIZER;

/* How often this scan's upload has reported that it ended on request; adds `more` to it. */
static int reported(int scan, int more)
{
	static int reports[WILLING];

	return reports[scan] += more;
}

/* An upload that ends when it is asked to, and only then. */
static void willing(struct stop *stop, void *scan)
{
	while (!stop_wait(stop, FOR_EVER))
		;
	reported(*(int *)scan, 1);
}

/* An upload that waits for the tax office, whoever asks it to stop meanwhile. */
static void stuck(struct stop *stop, void *scan)
{
	gate_wait(&office_answers);
	reported(*(int *)scan, stop_requested(stop));
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
	static int scans[WILLING] = {0, 1, 2};
	int ended = 0;

	for (int i = 0; i < WILLING; i++)
		cr_assert(uploads_start(willing, &scans[i]));
	cr_assert_eq(result_of_stop(FOR_EVER), 0);
	for (int i = 0; i < WILLING; i++)
		ended += reported(i, 0);
	cr_assert_eq(ended, WILLING, "uploads_stop() has returned 0, and %d of %d uploads have ended", ended, WILLING);
}

Test(uploads, gives_up_on_a_stuck_upload, .timeout = 60)
{
	static int scan;

	cr_assert(uploads_start(stuck, &scan));
	for (int i = 0; i < 2; i++)
		cr_assert_eq(result_of_stop(SHORT), 1, "one upload is still running");
	gate_open(&office_answers);
	cr_assert_eq(result_of_stop(FOR_EVER), 0);
	cr_assert_eq(reported(scan, 0), 1, "the upload got its answer, and found no stop request in its token");
}

Test(uploads, starts_nothing_after_stop, .timeout = 60)
{
	static int scan;

	cr_assert_eq(result_of_stop(FOR_EVER), 0, "nothing was ever started");
	cr_assert_not(uploads_start(willing, &scan));
}

/*
 * What scan.h promises, seen from outside. A scan of these tests goes on only
 * when the test lets it, so that all slots are taken for as long as a test
 * likes. Nothing is judged by how long it takes, only by whether it ends.
 */
#include "scan.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

/* In ms. LATE is when a test stops waiting for a call that does not return, and no right one is near it. */
enum { SHORT = 20, LATE = 8000, FOR_EVER = 86400000 };
enum { MANY = 20 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int allowed, ended; /* scans; guarded by lock */
	bool by_caller;	    /* guarded by lock */
} virus_finder = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* True in a thread that is inside scan_start(). */
static _Thread_local bool starting;

static void look_through(int attachment)
{
	(void)attachment;
	CHECK(pthread_mutex_lock(&virus_finder.lock));
	while (virus_finder.ended >= virus_finder.allowed)
		CHECK(pthread_cond_wait(&virus_finder.changed, &virus_finder.lock));
	virus_finder.ended++;
	virus_finder.by_caller |= starting;
	CHECK(pthread_mutex_unlock(&virus_finder.lock));
}

static void let_end(int scans)
{
	CHECK(pthread_mutex_lock(&virus_finder.lock));
	virus_finder.allowed += scans;
	CHECK(pthread_cond_broadcast(&virus_finder.changed));
	CHECK(pthread_mutex_unlock(&virus_finder.lock));
}

/* A mail with some attachments, and the thread that receives it. */
static struct mail {
	pthread_t thread;
	int attachments;
	long patience;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int started; /* guarded by lock */
	bool back;   /* guarded by lock; all of its calls have returned */
} first, second;

static void *receive(void *arg)
{
	struct mail *mail = arg;
	int started = 0;

	for (int i = 0; i < mail->attachments; i++) {
		starting = true;
		started += scan_start(look_through, i, mail->patience) == SCAN_STARTED;
		starting = false;
	}
	CHECK(pthread_mutex_lock(&mail->lock));
	mail->started = started;
	mail->back = true;
	CHECK(pthread_cond_signal(&mail->changed));
	CHECK(pthread_mutex_unlock(&mail->lock));
	return NULL;
}

static void mail_comes(struct mail *mail, int attachments, long patience)
{
	*mail = (struct mail){.attachments = attachments, .patience = patience};
	CHECK(pthread_mutex_init(&mail->lock, NULL));
	deadline_cond_init(&mail->changed);
	CHECK(pthread_create(&mail->thread, NULL, receive, mail));
}

/* Whether all of its calls return, within so many ms. */
static bool is_back(struct mail *mail, long wait)
{
	struct timespec end = deadline_in(wait);

	CHECK(pthread_mutex_lock(&mail->lock));
	while (!mail->back && deadline_cond_wait(&mail->changed, &mail->lock, &end))
		;
	bool back = mail->back;
	CHECK(pthread_mutex_unlock(&mail->lock));
	return back;
}

/* How many of its scans were started. Fails the test if its calls do not return. */
static int started_of(struct mail *mail)
{
	cr_assert(is_back(mail, LATE), "scan_start() does not return, with a patience of %ld ms", mail->patience);
	CHECK(pthread_join(mail->thread, NULL));
	CHECK(pthread_cond_destroy(&mail->changed));
	CHECK(pthread_mutex_destroy(&mail->lock));
	return mail->started;
}

/* Lets all scans end, and waits for them. */
static void wait_for_all(int started)
{
	let_end(MANY);
	scans_wait();
	cr_assert_eq(virus_finder.ended, started, "%d scans were started, and %d have ended", started,
		     virus_finder.ended);
	cr_assert_not(virus_finder.by_caller, "a scan ran in the thread that called scan_start()");
}

Test(scan, says_busy, .timeout = 60)
{
	mail_comes(&first, SCANS + 3, 0);
	int started = started_of(&first);

	wait_for_all(started);
	cr_assert_eq(started, SCANS, "%d scans were started at once, and at most %d may be", started, SCANS);
}

Test(scan, waits_for_a_slot, .timeout = 60)
{
	mail_comes(&first, SCANS, 0);
	int started = started_of(&first);

	mail_comes(&second, 1, FOR_EVER);
	schedule_await_blocked();
	bool waits = !is_back(&second, 0);
	let_end(1);
	started += started_of(&second);
	wait_for_all(started);
	cr_assert(waits, "scan_start() does not wait, and it has all the patience of the world");
	cr_assert_eq(started, SCANS + 1, "a scan has ended, there was a slot, and the next was not started");
}

Test(scan, loses_its_patience, .timeout = 60)
{
	mail_comes(&first, SCANS, 0);
	int started = started_of(&first);

	mail_comes(&second, 1, SHORT);
	started += started_of(&second);
	wait_for_all(started);
	cr_assert_eq(started, SCANS, "a scan was started, and there was no slot");
}

Test(scan, takes_every_slot_again, .timeout = 60)
{
	int started = 0;

	let_end(MANY);
	for (int i = 0; i < 2 * SCANS + 1; i++) {
		mail_comes(&first, 1, FOR_EVER);
		started += started_of(&first);
		schedule_await_blocked(); /* the scan has ended */
	}
	wait_for_all(started);
	cr_assert_eq(started, 2 * SCANS + 1);
}

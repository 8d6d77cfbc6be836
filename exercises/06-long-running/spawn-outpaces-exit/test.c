/*
 * What scan.h promises, seen from outside. A scan of these tests goes on only
 * when the test lets it, so that all slots are taken for as long as a test
 * likes. Nothing is judged by how long it takes, only by whether it ends.
 */
#include "scan.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdbool.h>
#include <time.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

/*
 * In ms. LATE is when a test stops waiting for a call that does not return, and no right one is near it. A patience is so
 * long that a tenth of it is short beside it on any machine, and ten times of it longer than LATE; not a whole number of
 * seconds.
 */
enum { PATIENCE = 900, PAUSE = 250, LATE = 8000, FOR_EVER = 86400000 };
enum { MANY = 64 };

/* Guarded by lock, all of it. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool all_may_end, may_end[MANY]; /* by the attachment */
	int scans_of[MANY], ended;
	bool by_caller, mixed_up;
} virus_finder = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* True in a thread that is inside scan_start(). */
static _Thread_local bool starting;

static void look_through(int attachment, bool is_odd)
{
	CHECK(pthread_mutex_lock(&virus_finder.lock));
	virus_finder.mixed_up |= attachment % 2 != is_odd;
	virus_finder.scans_of[attachment]++;
	while (!virus_finder.all_may_end && !virus_finder.may_end[attachment])
		CHECK(pthread_cond_wait(&virus_finder.changed, &virus_finder.lock));
	virus_finder.ended++;
	virus_finder.by_caller |= starting;
	CHECK(pthread_mutex_unlock(&virus_finder.lock));
}

static void scan_even(int attachment)
{
	look_through(attachment, false);
}

static void scan_odd(int attachment)
{
	look_through(attachment, true);
}

static void let_end(int attachment)
{
	CHECK(pthread_mutex_lock(&virus_finder.lock));
	virus_finder.may_end[attachment] = true;
	CHECK(pthread_cond_broadcast(&virus_finder.changed));
	CHECK(pthread_mutex_unlock(&virus_finder.lock));
}

static void let_all_end(void)
{
	CHECK(pthread_mutex_lock(&virus_finder.lock));
	virus_finder.all_may_end = true;
	CHECK(pthread_cond_broadcast(&virus_finder.changed));
	CHECK(pthread_mutex_unlock(&virus_finder.lock));
}

/* A mail with some attachments, and the thread that receives it. */
static struct mail {
	pthread_t thread;
	int first_attachment, attachments;
	long patience;
	int turn;	  /* the one in which it comes; 0: at once */
	bool gives_turns; /* before each lock that its calls take */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int started; /* guarded by lock */
	long waited; /* ms, in all of its calls; guarded by lock */
	bool back;   /* guarded by lock; all of its calls have returned */
	bool leaves; /* guarded by lock; until then its thread is there, so that it can be held */
} mails[4];

static long was_started[MANY]; /* by the attachment; its mail's, and the test's when that was joined */

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000L + time.tv_nsec / 1000000;
}

static void *receive(void *arg)
{
	struct mail *mail = arg;
	int started = 0;

	for (int i = 0; i < mail->turn; i++)
		schedule_await_turn();
	long began = now();
	schedule_give_turns(mail->gives_turns);
	for (int i = mail->first_attachment; i < mail->first_attachment + mail->attachments; i++) {
		starting = true;
		was_started[i] = scan_start(i % 2 ? scan_odd : scan_even, i, mail->patience) == SCAN_STARTED;
		starting = false;
		started += (int)was_started[i];
	}
	schedule_give_turns(false);
	CHECK(pthread_mutex_lock(&mail->lock));
	mail->started = started;
	mail->waited = now() - began + 1;
	mail->back = true;
	CHECK(pthread_cond_broadcast(&mail->changed));
	while (!mail->leaves)
		CHECK(pthread_cond_wait(&mail->changed, &mail->lock));
	CHECK(pthread_mutex_unlock(&mail->lock));
	return NULL;
}

static int attachments_so_far;

static void mail_begins(struct mail *mail, int attachments)
{
	mail->first_attachment = attachments_so_far;
	mail->attachments = attachments;
	attachments_so_far += attachments;
	CHECK(pthread_mutex_init(&mail->lock, NULL));
	deadline_cond_init(&mail->changed);
	gauge_add("mails", 1);
	CHECK(pthread_create(&mail->thread, NULL, receive, mail));
}

/* Nothing here orders one mail with another, unless the test waits for the one before the other comes. */
static void mail_comes(struct mail *mail, int attachments, long patience)
{
	*mail = (struct mail){.patience = patience};
	mail_begins(mail, attachments);
}

/* Whether all of its calls return within that many milliseconds. */
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
	CHECK(pthread_mutex_lock(&mail->lock));
	mail->leaves = true;
	CHECK(pthread_cond_broadcast(&mail->changed));
	CHECK(pthread_mutex_unlock(&mail->lock));
	CHECK(pthread_join(mail->thread, NULL));
	gauge_add("mails", -1);
	CHECK(pthread_cond_destroy(&mail->changed));
	CHECK(pthread_mutex_destroy(&mail->lock));
	return mail->started;
}

static void *wait_for_scans(void *arg)
{
	scans_wait();
	return arg;
}

/* Waits for the scans, and only then lets one of them end, and the others when that has ended. */
static void wait_for_all(int started)
{
	pthread_t waiting;
	int first = 0;

	gauge_add("mails", 1); /* one more thread of the test's */
	CHECK(pthread_create(&waiting, NULL, wait_for_scans, NULL));
	schedule_await_blocked();
	while (first < MANY - 1 && (!was_started[first] || virus_finder.may_end[first]))
		first++;
	let_end(first);
	schedule_await_blocked();
	let_all_end();
	CHECK(pthread_join(waiting, NULL));
	gauge_add("mails", -1);
	cr_assert_eq(virus_finder.ended, started, "%d scans were started, and %d have ended", started,
		     virus_finder.ended);
	cr_assert_not(virus_finder.by_caller, "a scan ran in the thread that called scan_start()");
	cr_assert_not(virus_finder.mixed_up, "an attachment was scanned by a function that was given with another");
	for (int i = 0; i < MANY; i++)
		cr_assert_eq(virus_finder.scans_of[i], was_started[i],
			     "the scan of attachment %d was %s, and ran %d times", i,
			     was_started[i] ? "started" : "not started", virus_finder.scans_of[i]);
}

Test(scan, says_busy, .timeout = 60)
{
	/* There is a slot for a scan of either, and not for all. Two that come at once, another test holds between two locks. */
	mail_comes(&mails[0], SCANS - 1, 0);
	schedule_await_blocked();
	mail_comes(&mails[1], SCANS - 1, 0);
	int started = started_of(&mails[0]) + started_of(&mails[1]);

	wait_for_all(started);
	cr_assert_eq(started, SCANS, "%d scans were started at once, and at most %d may be", started, SCANS);
}

/* A thread waits for each scan that ends, and the thread that is told first cannot have them all. */
Test(scan, waits_for_a_slot, .timeout = 60)
{
	mail_comes(&mails[0], SCANS, 0);
	int started = started_of(&mails[0]);

	mail_comes(&mails[1], 1, FOR_EVER);
	mail_comes(&mails[2], 1, FOR_EVER);
	schedule_await_blocked();
	bool waits = !is_back(&mails[1], 0) && !is_back(&mails[2], 0);
	mail_comes(&mails[3], 1, 0); /* does not wait behind those that wait */
	started += started_of(&mails[3]);
	let_end(1); /* neither the oldest nor the newest */
	schedule_await_blocked();
	bool both = is_back(&mails[1], 0) && is_back(&mails[2], 0);
	let_end(2);
	started += started_of(&mails[1]);
	started += started_of(&mails[2]);
	wait_for_all(started);
	cr_assert(waits, "scan_start() does not wait, and it has all the patience of the world");
	cr_assert_not(both, "one scan has ended, and two that waited for a slot have returned");
	cr_assert_eq(started, SCANS + 2, "two scans have ended, there were slots, and the next were not started");
}

/*
 * This scan ends, and another is started in its slot before the mail that waits has looked. Returns whether it was. Where
 * slots are handed on it was not, and the mail that waits has the slot.
 */
static int take_from(struct mail *waiting, int attachment, struct mail *other)
{
	schedule_hold(waiting->thread);
	let_end(attachment);
	schedule_await_blocked();
	mail_comes(other, 1, 0);
	int started = started_of(other);
	schedule_let_go();
	return started;
}

/* Others get each slot; the patience of a mail does not begin anew with each. */
Test(scan, loses_its_patience, .timeout = 60)
{
	mail_comes(&mails[0], SCANS, 0);
	int started = started_of(&mails[0]), others = 0, rounds = 0, taken;

	mail_comes(&mails[1], 1, PATIENCE);
	schedule_await_blocked();
	do {
		taken = take_from(&mails[1], rounds ? mails[2].first_attachment : 0, &mails[2]);
		others += taken;
	} while (++rounds < LATE / PAUSE && taken && !is_back(&mails[1], PAUSE));
	if (rounds == LATE / PAUSE)
		let_all_end();
	int count = started_of(&mails[1]);
	wait_for_all(started + others + count);
	cr_assert_lt(rounds, LATE / PAUSE, "scan_start() begins its patience of %d ms anew whenever it is woken",
		     PATIENCE);
	cr_assert_eq(started, SCANS, "%d scans were started at once, and at most %d may be", started, SCANS);
	cr_assert(!taken || count == 0, "a scan was started, and there was no slot");
	cr_assert(count > 0 || mails[1].waited >= PATIENCE, "scan_start() returned after %ld ms, and had %d ms",
		  mails[1].waited, PATIENCE);
}

Test(scan, takes_every_slot_again, .timeout = 60)
{
	int started = 0;

	let_all_end();
	for (int i = 0; i < 2 * SCANS + 1; i++) {
		mail_comes(&mails[0], 1, FOR_EVER);
		started += started_of(&mails[0]);
		schedule_await_blocked(); /* the scan has ended */
	}
	wait_for_all(started);
	cr_assert_eq(started, 2 * SCANS + 1);
}

/*
 * Whether there is a slot, and that it is taken, is one step. All but one are taken; before the second lock of a mail that
 * wants it, another comes.
 */
Test(scan, gives_the_last_slot_once, .timeout = 60)
{
	mail_comes(&mails[0], SCANS - 1, 0);
	int started = started_of(&mails[0]);

	mails[2] = (struct mail){.turn = 2};
	mail_begins(&mails[2], 1);
	schedule_await_blocked();
	mails[1] = (struct mail){.gives_turns = true};
	mail_begins(&mails[1], 1);
	started += started_of(&mails[1]);
	for (int i = 0; i < mails[2].turn; i++) { /* it may have had fewer */
		schedule_give_turn();
		schedule_await_blocked();
	}
	started += started_of(&mails[2]);
	wait_for_all(started);
	cr_assert_eq(started, SCANS, "%d scans were started at once, and at most %d may be", started, SCANS);
}

/*
 * What scanner.h promises, seen by a mail server on a busy morning. A mail counts
 * its scans without a lock, on purpose: when scanner_close() has returned, nobody
 * scans any more. If somebody does, that is a data race.
 */
#include "scanner.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gate.h"
#include "kit/gauge.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum {
	FEW = SCANNER_ROOM, /* at once: there is room for them even before a thread has begun with one */
	ROUNDS = 3,
	MANY = 3 * SCANNER_THREADS + SCANNER_ROOM,
	PATIENCE = 8000, /* ms: for the server and for a few scans; only a wrong scanner keeps them so long */
};

static struct mail {
	int scans;	/* its scanner's, then the caller's of scanner_close() */
	bool submitted; /* the server's */
} mails[MANY];

static void count(void *arg)
{
	struct mail *mail = arg;

	mail->scans++;
}

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int count; /* guarded by lock */
} scanned = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void count_and_tell(void *mail)
{
	count(mail);
	CHECK(pthread_mutex_lock(&scanned.lock));
	scanned.count++;
	CHECK(pthread_cond_signal(&scanned.changed));
	CHECK(pthread_mutex_unlock(&scanned.lock));
}

/* Waits for `count` scans; false if they do not come. */
static bool await_scanned(int count)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&scanned.lock));
	while (scanned.count < count && deadline_cond_wait(&scanned.changed, &scanned.lock, &end))
		;
	bool come = scanned.count >= count;
	CHECK(pthread_mutex_unlock(&scanned.lock));
	return come;
}

/* As scanner_open(), counted for the budget. */
static struct scanner *open_one(scan_mail *scan)
{
	gauge_add("scanners", 1);
	return scanner_open(scan);
}

static void close_one(struct scanner *scanner)
{
	scanner_close(scanner);
	gauge_add("scanners", -1);
}

static struct scanner *few_at_a_time;

/* Hands in the mails that belong to one of two servers. */
static void *submit_half(void *arg)
{
	struct mail *few = arg;

	for (int i = 0; i < FEW / 2; i++)
		few[i].submitted = scanner_submit(few_at_a_time, &few[i]);
	return NULL;
}

/* More mails than the scanner can take at once, but never too many: it has room again when they were scanned. */
Test(scanner, scans_what_it_accepts, .timeout = 60)
{
	static struct mail few[ROUNDS * FEW];
	pthread_t server;

	schedule_wake_in_vain();
	deadline_cond_init(&scanned.changed);
	few_at_a_time = open_one(count_and_tell);
	for (int i = 0; i < ROUNDS * FEW; i += FEW) {
		cr_assert(await_scanned(i), "%d mails were handed in, and some of them are not scanned", i);
		CHECK(pthread_create(&server, NULL, submit_half, &few[i]));
		submit_half(&few[i + FEW / 2]);
		CHECK(pthread_join(server, NULL));
	}
	close_one(few_at_a_time);
	for (int i = 0; i < ROUNDS * FEW; i++) {
		cr_assert(few[i].submitted, "there is room for mail %d, and it is refused", i);
		cr_assert_eq(few[i].scans, 1, "mail %d was scanned %d times", i, few[i].scans);
	}
}

/* --- a morning on which every scan takes long --- */

enum { SUBMITTED }; /* for kit/schedule.h */

static struct gate scans_end = GATE_INITIALIZER, later_scans_end = GATE_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool later;	    /* scans are of the second round; guarded by lock */
static int under_way, most; /* scans; guarded by lock */
static bool closed;	    /* guarded by lock */

static void scan_for_long(void *arg)
{
	CHECK(pthread_mutex_lock(&lock));
	if (++under_way > most)
		most = under_way;
	struct gate *end = later ? &later_scans_end : &scans_end;
	CHECK(pthread_mutex_unlock(&lock));
	gate_wait(end);
	CHECK(pthread_mutex_lock(&lock));
	under_way--;
	CHECK(pthread_mutex_unlock(&lock));
	count(arg);
}

static void *close_it(void *scanner)
{
	close_one(scanner);
	CHECK(pthread_mutex_lock(&lock));
	closed = true;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

/* And from now on this thread looks for mails only when all are submitted, whenever it was woken for the first. */
static void scan_and_sleep_well(void *mail)
{
	scan_for_long(mail);
	schedule_wake_late(SUBMITTED);
}

static int under_way_now(void)
{
	CHECK(pthread_mutex_lock(&lock));
	int now = under_way;
	CHECK(pthread_mutex_unlock(&lock));
	return now;
}

static void submit_few(struct scanner *scanner, struct mail *few)
{
	for (int i = 0; i < SCANNER_THREADS; i++)
		few[i].submitted = scanner_submit(scanner, &few[i]);
}

Test(scanner, closes_when_nothing_is_to_do, .timeout = 60)
{
	static struct mail few[2 * SCANNER_THREADS];
	pthread_t server;

	schedule_wake_in_vain();
	struct scanner *scanner = open_one(scan_and_sleep_well);
	submit_few(scanner, few);
	schedule_await_blocked(); /* now each of the threads has one */
	int now = under_way_now();
	gate_open(&scans_end);
	schedule_await_blocked(); /* and now none has */
	CHECK(pthread_mutex_lock(&lock));
	later = true;
	CHECK(pthread_mutex_unlock(&lock));
	submit_few(scanner, &few[SCANNER_THREADS]);
	schedule_await_blocked();
	schedule_reached(SUBMITTED);
	schedule_await_blocked(); /* now each has one again, and each was woken for its own */
	int now_again = under_way_now();
	gate_open(&later_scans_end);
	schedule_await_blocked();
	CHECK(pthread_create(&server, NULL, close_it, scanner));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	bool has = closed;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert(has, "everybody waits, and scanner_close() has not returned");
	CHECK(pthread_join(server, NULL));
	cr_assert_eq(now, SCANNER_THREADS, "%d mails were handed in, and %d are being scanned", SCANNER_THREADS, now);
	cr_assert_eq(now_again, SCANNER_THREADS,
		     "all threads waited, %d mails were handed in, and %d are being scanned", SCANNER_THREADS,
		     now_again);
}

/* --- two scanners --- */

/* Fails the test if the scanner does not close, although nobody does anything any more. */
static void expect_to_close(struct scanner *scanner)
{
	pthread_t server;

	CHECK(pthread_mutex_lock(&lock));
	closed = false;
	CHECK(pthread_mutex_unlock(&lock));
	CHECK(pthread_create(&server, NULL, close_it, scanner));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	bool has = closed;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert(has, "everybody waits, and scanner_close() has not returned");
	CHECK(pthread_join(server, NULL));
}

/* One is full, and that is none of the other's business; nor that the other closes. */
Test(scanner, has_its_own_size, .timeout = 60)
{
	static struct mail few[SCANNER_THREADS + SCANNER_ROOM], one, another;

	struct scanner *first = open_one(scan_for_long);
	for (int i = 0; i < SCANNER_THREADS + SCANNER_ROOM; i++) {
		schedule_await_blocked();
		few[i].submitted = scanner_submit(first, &few[i]);
	}
	struct scanner *second = open_one(count);
	another.submitted = scanner_submit(second, &another);
	schedule_await_blocked();
	expect_to_close(second);
	gate_open(&scans_end);
	schedule_await_blocked();
	one.submitted = scanner_submit(first, &one);
	schedule_await_blocked();
	expect_to_close(first);
	cr_assert(one.submitted && another.submitted, "there is room in a scanner, and its mail is refused");
	cr_assert_eq(another.scans, 1, "the mail of the second scanner was scanned %d times", another.scans);
	cr_assert_eq(one.scans, 1, "a scanner was closed, and a mail of the other was scanned %d times", one.scans);
}

static struct stop all_submitted;

/* One mail after the other, each when the scanner has done with the one before what it can do. */
static void *serve(void *scanner)
{
	for (int i = 0; i < MANY; i++) {
		schedule_await_blocked();
		mails[i].submitted = scanner_submit(scanner, &mails[i]);
	}
	stop_request(&all_submitted);
	return NULL;
}

static struct {
	struct mail mail; /* that is too many */
	bool answered;	  /* guarded by lock */
} last;

static void *submit_last(void *scanner)
{
	last.mail.submitted = scanner_submit(scanner, &last.mail);
	CHECK(pthread_mutex_lock(&lock));
	last.answered = true;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

/* Whether a mail that is too many gets its answer without a wait, be it for a length of time. Else the scans end. */
static bool says_no_at_once(struct scanner *scanner)
{
	pthread_t server;

	CHECK(pthread_create(&server, NULL, submit_last, scanner));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	bool answered = last.answered;
	CHECK(pthread_mutex_unlock(&lock));
	if (!answered)
		gate_open(&scans_end);
	CHECK(pthread_join(server, NULL));
	return answered;
}

Test(scanner, keeps_its_size_and_says_no, .timeout = 60)
{
	schedule_wake_in_vain();
	struct scanner *scanner = open_one(scan_for_long);
	int accepted = 0, scanned = 0, wrong = 0;
	pthread_t server;

	stop_init(&all_submitted);
	CHECK(pthread_create(&server, NULL, serve, scanner));
	bool waits = !stop_wait(&all_submitted, PATIENCE);
	if (waits)
		gate_open(&scans_end);
	CHECK(pthread_join(server, NULL));
	if (!waits)
		waits = !says_no_at_once(scanner);
	/* It is closed while all its threads scan: its caller's is not one more of them. */
	CHECK(pthread_create(&server, NULL, close_it, scanner));
	schedule_await_blocked();
	gate_open(&scans_end);
	CHECK(pthread_join(server, NULL));
	for (int i = 0; i < MANY; i++) {
		accepted += mails[i].submitted;
		scanned += mails[i].scans;
		wrong += mails[i].scans != mails[i].submitted;
	}
	cr_assert_not(waits, "scanner_submit() waits, and has nothing to wait for but a scan");
	cr_assert_eq(most, SCANNER_THREADS, "%d mails were scanned at a time", most);
	cr_assert_eq(accepted, SCANNER_THREADS + SCANNER_ROOM, "%d mails were accepted while none was done", accepted);
	cr_assert_eq(wrong, 0, "accepted %d, scanned %d", accepted, scanned);
}

/* --- two servers and one place --- */

static struct mail for_one, for_other, never;

static struct {
	struct scanner *scanner;
	bool begun, over;     /* guarded by lock */
	struct stop answered; /* requested by the second server, once it has begun */
} turns;

/* Before the second lock that the first server takes it has its turn. */
static void *submit_at_the_second(void *arg)
{
	for (int turn = 1;; turn++) {
		schedule_await_turn();
		CHECK(pthread_mutex_lock(&lock));
		bool over = turns.over;
		turns.begun = turn >= 2;
		CHECK(pthread_mutex_unlock(&lock));
		if (over)
			return arg;
		if (turn == 2) {
			for_other.submitted = scanner_submit(turns.scanner, &for_other);
			stop_request(&turns.answered);
		}
	}
}

/* Fills it but for one place, and submits two more. */
static void *serve_by_turns(void *scanner)
{
	for (int i = 0; i < SCANNER_THREADS + SCANNER_ROOM - 1; i++) {
		schedule_await_blocked();
		mails[i].submitted = scanner_submit(scanner, &mails[i]);
	}
	schedule_await_blocked();
	schedule_give_turns(true);
	for_one.submitted = scanner_submit(scanner, &for_one);
	never.submitted = scanner_submit(scanner, &never);
	schedule_give_turns(false);
	stop_request(&all_submitted);
	return NULL;
}

/* Whether there is room, and that it is taken, is one step. */
Test(scanner, gives_each_place_once, .timeout = 60)
{
	pthread_t server, other;
	int accepted = 0;

	turns.scanner = open_one(scan_for_long);
	stop_init(&all_submitted);
	stop_init(&turns.answered);
	CHECK(pthread_create(&other, NULL, submit_at_the_second, NULL));
	CHECK(pthread_create(&server, NULL, serve_by_turns, turns.scanner));
	bool waits = !stop_wait(&all_submitted, PATIENCE);
	CHECK(pthread_mutex_lock(&lock));
	bool begun = turns.begun; /* a scanner that takes no lock gives nobody a turn */
	CHECK(pthread_mutex_unlock(&lock));
	waits = waits || (begun && !stop_wait(&turns.answered, PATIENCE));
	gate_open(&scans_end);
	CHECK(pthread_join(server, NULL));
	CHECK(pthread_mutex_lock(&lock));
	turns.over = true;
	CHECK(pthread_mutex_unlock(&lock));
	schedule_give_turn();
	CHECK(pthread_join(other, NULL));
	close_one(turns.scanner);
	for (int i = 0; i < MANY; i++)
		accepted += mails[i].submitted;
	accepted += for_one.submitted + for_other.submitted + never.submitted;
	cr_assert_not(waits, "scanner_submit() waits, and has nothing to wait for but a scan");
	cr_assert_eq(accepted, SCANNER_THREADS + SCANNER_ROOM,
		     "two servers wanted the last place, and %d mails were accepted while none was done", accepted);
	cr_assert_eq(for_one.scans + for_other.scans, 1, "the mail that was accepted was not scanned once");
}

/*
 * What scanner.h promises, seen by a mail server on a busy morning. A mail counts
 * its scans without a lock, on purpose: when scanner_close() has returned, nobody
 * scans any more. If somebody does, that is a data race.
 */
#include "scanner.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/schedule.h"
#include "kit/stop.h"

enum {
	FEW = 10,
	MANY = 3 * SCANNER_THREADS + SCANNER_ROOM,
	PATIENCE = 8000, /* ms: for the server; only a wrong scanner_submit() keeps it so long */
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

Test(scanner, scans_what_it_accepts, .timeout = 60)
{
	struct scanner *scanner = scanner_open(count);

	for (int i = 0; i < FEW; i++)
		cr_assert(scanner_submit(scanner, &mails[i]), "there is room for mail %d, and it is refused", i);
	scanner_close(scanner);
	for (int i = 0; i < FEW; i++)
		cr_assert_eq(mails[i].scans, 1, "mail %d was scanned %d times", i, mails[i].scans);
}

/* --- a morning on which every scan takes long --- */

static struct gate scans_end = GATE_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int under_way, most; /* scans; guarded by lock */

static void scan_for_long(void *arg)
{
	CHECK(pthread_mutex_lock(&lock));
	if (++under_way > most)
		most = under_way;
	CHECK(pthread_mutex_unlock(&lock));
	gate_wait(&scans_end);
	CHECK(pthread_mutex_lock(&lock));
	under_way--;
	CHECK(pthread_mutex_unlock(&lock));
	count(arg);
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

Test(scanner, keeps_its_size_and_says_no, .timeout = 60)
{
	struct scanner *scanner = scanner_open(scan_for_long);
	int accepted = 0, scanned = 0, wrong = 0;
	pthread_t server;

	stop_init(&all_submitted);
	CHECK(pthread_create(&server, NULL, serve, scanner));
	bool waits = !stop_wait(&all_submitted, PATIENCE);
	gate_open(&scans_end);
	CHECK(pthread_join(server, NULL));
	scanner_close(scanner);
	for (int i = 0; i < MANY; i++) {
		accepted += mails[i].submitted;
		scanned += mails[i].scans;
		wrong += mails[i].scans != mails[i].submitted;
	}
	cr_assert_not(waits, "scanner_submit() waits until a scan has ended");
	cr_assert_eq(most, SCANNER_THREADS, "%d mails were scanned at a time", most);
	cr_assert_eq(accepted, SCANNER_THREADS + SCANNER_ROOM, "%d mails were accepted while none was done", accepted);
	cr_assert_eq(wrong, 0, "accepted %d, scanned %d", accepted, scanned);
}

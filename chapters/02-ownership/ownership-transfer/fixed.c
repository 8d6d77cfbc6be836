/*
 * At the end of the day the till starts a thread that copies the day's payments
 * to the archive, which sends them to the bank. The thread and all that it
 * reads are handed over to the archive in one piece; the archive waits for it.
 *
 * Promise   every payment of the day is sent to the bank.
 * Ends      holds: payments 3, sent 3
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
 */
#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { PAYMENTS = 3, AMOUNT = 2500 /* cents */ };
enum { LAST_ONE_LEFT, CLOSED, COPY_ENDED };

struct archive {
	pthread_mutex_t lock;
	int copied;	       /* guarded by lock */
	long copies[PAYMENTS]; /* guarded by lock */
	struct day *day;       /* adopted from the till */
};

/* A thread and all that it reads. The owner of a day joins the thread, and then frees the day. */
struct day {
	long payments[PAYMENTS]; /* cents */
	struct archive *archive;
	pthread_t copier;
};

struct till {
	struct day *day; /* NULL when handed over */
};

static void *copy_payments(void *arg)
{
	struct day *day = arg;

	for (int i = 0; i < PAYMENTS; i++) {
		if (i == PAYMENTS - 1) {
			schedule_reached(LAST_ONE_LEFT);
			schedule_await(CLOSED);
		}
		long cents = day->payments[i];

		CHECK(pthread_mutex_lock(&day->archive->lock));
		day->archive->copies[day->archive->copied++] = cents;
		CHECK(pthread_mutex_unlock(&day->archive->lock));
	}
	schedule_reached(COPY_ENDED);
	return NULL;
}

static void till_end_day(struct till *till, struct archive *archive)
{
	till->day = calloc(1, sizeof *till->day);
	HAVE(till->day);
	for (int i = 0; i < PAYMENTS; i++)
		till->day->payments[i] = AMOUNT;
	till->day->archive = archive;
	NEED(pthread_create(&till->day->copier, NULL, copy_payments, till->day));
}

/* The till lets go: from here on it will not signal the thread, wait for it, or touch what it reads. */
static struct day *till_hand_over(struct till *till)
{
	struct day *day = till->day;

	till->day = NULL;
	return day;
}

static void till_close(struct till *till)
{
	REQUIRE(!till->day); /* a day that is not handed over would have nobody to wait for it */
}

/* The archive takes the day: the thread lives no longer than the archive, which waits for it. */
static void archive_adopt(struct archive *archive, struct day *day)
{
	archive->day = day;
}

static int archive_close(struct archive *archive)
{
	CHECK(pthread_join(archive->day->copier, NULL));
	free(archive->day);
	CHECK(pthread_mutex_lock(&archive->lock));
	int sent = archive->copied;
	CHECK(pthread_mutex_unlock(&archive->lock));
	return sent;
}

int main(void)
{
	static struct till till;
	static struct archive archive = {.lock = PTHREAD_MUTEX_INITIALIZER};

	till_end_day(&till, &archive);
	archive_adopt(&archive, till_hand_over(&till));
	schedule_await(LAST_ONE_LEFT);
	till_close(&till);
	schedule_reached(CLOSED); /* the archive's closing waits: it comes after this, and before the last payment */
	int sent = archive_close(&archive);
	return invariant(sent == PAYMENTS, "payments %d, sent %d", PAYMENTS, sent);
}

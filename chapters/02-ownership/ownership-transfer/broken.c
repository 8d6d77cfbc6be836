/*
 * At the end of the day the till starts a thread that copies the day's payments
 * to the archive, which sends them to the bank. The thread is handed over to
 * the archive. What it reads is not, and each side leaves the wait to the other.
 *
 * Promise   every payment of the day is sent to the bank.
 * Ends      broken: payments 3, sent 2
 * tsan      fires  data-race in till_close
 * helgrind  fires  Race in till_close, Race in copy_payments
 * drd       fires  ConflictingAccess in till_close, ConflictingAccess in copy_payments
 * memcheck  blind  the list is not freed, only emptied: the thread reads valid memory with the wrong contents
 * budget    fires  joined in copy_payments when joined == started
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
	pthread_t copier;      /* adopted from the till */
};

struct day {
	long payments[PAYMENTS]; /* cents */
	struct archive *archive;
	pthread_t copier;
};

struct till {
	struct day *day;
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

static void till_close(struct till *till)
{
	for (int i = 0; i < PAYMENTS; i++)
		till->day->payments[i] = 0; /* for the next day */
}

/*
 * A thread changes hands, and nothing is said of who waits for it. The till closes as if the archive had waited,
 * since it took the thread; the archive closes as if the till had, since it started the thread.
 */
static void archive_adopt(struct archive *archive, pthread_t copier)
{
	archive->copier = copier;
}

static int archive_close(struct archive *archive)
{
	CHECK(pthread_detach(archive->copier));
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
	archive_adopt(&archive, till.day->copier);
	schedule_await(LAST_ONE_LEFT);
	till_close(&till);
	int sent = archive_close(&archive);
	schedule_reached(CLOSED);
	schedule_await(COPY_ENDED);
	return invariant(sent == PAYMENTS, "payments %d, sent %d", PAYMENTS, sent);
}

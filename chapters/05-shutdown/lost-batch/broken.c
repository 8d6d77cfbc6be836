/*
 * A shop accepts orders into memory, and a flusher writes them to the disk in
 * batches of ten. journal_stop() tells the flusher to end, and returns: of the
 * five steps of a shutdown it does the first.
 *
 * Promise   when journal_stop() returns, every accepted order is on the disk.
 * Ends      broken: accepted 15, persisted 0
 * tsan      fires  data-race in write_batch
 * helgrind  fires  Race in write_batch
 * drd       fires  ConflictingAccess in write_batch
 * memcheck  blind  every byte is valid when it is used; what is lost is orders, and of those it knows nothing
 * budget    fires  detached in flush_loop when detached <= 0
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { ORDERS = 15, BATCH = 10, CAPACITY = 100 };
enum { BATCH_TAKEN, STOP_RETURNED, FLUSHER_ENDED };

static struct journal {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int orders[CAPACITY], accepted; /* guarded by lock */
	bool stopping;			/* guarded by lock */
	int disk[CAPACITY], persisted; /* the flusher's until journal_stop() has returned, then the caller's */
} journal = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Of the flusher, with the lock held: how many orders are in memory only, a batch at most. */
static int pending(const struct journal *journal)
{
	int count = journal->accepted - journal->persisted;

	return count < BATCH ? count : BATCH;
}

static void write_batch(struct journal *journal, int count)
{
	for (int i = 0; i < count; i++, journal->persisted++)
		journal->disk[journal->persisted] = journal->orders[journal->persisted];
}

static void *flush_loop(void *arg)
{
	struct journal *journal = arg;

	CHECK(pthread_mutex_lock(&journal->lock));
	/* Told to stop, it leaves at once: what is not a full batch yet is never written. */
	while (!journal->stopping) {
		if (pending(journal) < BATCH) {
			CHECK(pthread_cond_wait(&journal->changed, &journal->lock));
			continue;
		}
		int count = pending(journal);
		CHECK(pthread_mutex_unlock(&journal->lock));
		schedule_reached(BATCH_TAKEN);
		/* The disk is slow. journal_stop() returns while this batch is on its way. */
		schedule_await(STOP_RETURNED);
		write_batch(journal, count);
		CHECK(pthread_mutex_lock(&journal->lock));
	}
	CHECK(pthread_mutex_unlock(&journal->lock));
	schedule_reached(FLUSHER_ENDED);
	return NULL;
}

static void journal_start(struct journal *journal)
{
	pthread_t flusher;

	NEED(pthread_create(&flusher, NULL, flush_loop, journal));
	CHECK(pthread_detach(flusher));
}

/* False if there is no room: the order is not accepted. */
static bool journal_put(struct journal *journal, int order)
{
	CHECK(pthread_mutex_lock(&journal->lock));
	bool accepted = journal->accepted < CAPACITY;
	if (accepted)
		journal->orders[journal->accepted++] = order;
	CHECK(pthread_cond_signal(&journal->changed));
	CHECK(pthread_mutex_unlock(&journal->lock));
	return accepted;
}

static void journal_stop(struct journal *journal)
{
	CHECK(pthread_mutex_lock(&journal->lock));
	journal->stopping = true;
	CHECK(pthread_cond_signal(&journal->changed));
	CHECK(pthread_mutex_unlock(&journal->lock));
}

int main(void)
{
	int accepted = 0;

	journal_start(&journal);
	for (int order = 1; order <= ORDERS; order++)
		accepted += journal_put(&journal, order);
	schedule_await(BATCH_TAKEN);
	journal_stop(&journal);
	int persisted = journal.persisted;

	schedule_reached(STOP_RETURNED);
	schedule_await(FLUSHER_ENDED);
	return invariant(persisted == accepted, "accepted %d, persisted %d", accepted, persisted);
}

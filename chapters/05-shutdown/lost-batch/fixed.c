/*
 * A shop accepts orders into memory, and a flusher writes them to the disk in
 * batches of ten. journal_stop() tells the flusher to end, lets it write what
 * is pending, and waits for it, but not for ever.
 *
 * Promise   when journal_stop() returns true, every accepted order is on the disk.
 * Ends      holds: accepted 15, persisted 15
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when detached <= 0
 */
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { ORDERS = 15, BATCH = 10, CAPACITY = 100, PATIENCE = 30000 /* ms */ };
enum { BATCH_TAKEN, STOP_RETURNED, FLUSHER_ENDED };

static struct journal {
	pthread_mutex_t lock;
	pthread_cond_t changed, done;
	int orders[CAPACITY], accepted; /* guarded by lock */
	bool stopping, ended;		/* guarded by lock */
	int disk[CAPACITY], persisted; /* the flusher's until journal_stop() has returned true, then the caller's */
	pthread_t flusher;
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
	/* Drain: told to stop, it goes on until nothing is pending, and a part of a batch will do. */
	while (!journal->stopping || pending(journal) > 0) {
		if (pending(journal) < BATCH && !journal->stopping) {
			CHECK(pthread_cond_wait(&journal->changed, &journal->lock));
			continue;
		}
		int count = pending(journal);
		CHECK(pthread_mutex_unlock(&journal->lock));
		schedule_reached(BATCH_TAKEN);
		write_batch(journal, count);
		CHECK(pthread_mutex_lock(&journal->lock));
	}
	journal->ended = true;
	CHECK(pthread_cond_signal(&journal->done));
	CHECK(pthread_mutex_unlock(&journal->lock));
	schedule_reached(FLUSHER_ENDED);
	return NULL;
}

static void journal_start(struct journal *journal)
{
	deadline_cond_init(&journal->done);
	NEED(pthread_create(&journal->flusher, NULL, flush_loop, journal));
}

/* False if there is no room, or the journal is stopping: the order is not accepted. */
static bool journal_put(struct journal *journal, int order)
{
	CHECK(pthread_mutex_lock(&journal->lock));
	bool accepted = journal->accepted < CAPACITY && !journal->stopping;
	if (accepted)
		journal->orders[journal->accepted++] = order;
	CHECK(pthread_cond_signal(&journal->changed));
	CHECK(pthread_mutex_unlock(&journal->lock));
	return accepted;
}

/* False if the flusher has not ended after `patience` ms: the journal is still the flusher's, leave it alone. */
static bool journal_stop(struct journal *journal, long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&journal->lock));
	journal->stopping = true;
	CHECK(pthread_cond_signal(&journal->changed));
	while (!journal->ended && deadline_cond_wait(&journal->done, &journal->lock, &end))
		;
	bool ended = journal->ended;
	CHECK(pthread_mutex_unlock(&journal->lock));
	if (ended)
		CHECK(pthread_join(journal->flusher, NULL));
	return ended;
}

int main(void)
{
	int accepted = 0;

	journal_start(&journal);
	for (int order = 1; order <= ORDERS; order++)
		accepted += journal_put(&journal, order);
	schedule_await(BATCH_TAKEN);
	if (!journal_stop(&journal, PATIENCE))
		end_process(invariant(false, "the flusher has not ended in time"));
	int persisted = journal.persisted;

	schedule_reached(STOP_RETURNED);
	schedule_await(FLUSHER_ENDED);
	return invariant(persisted == accepted, "accepted %d, persisted %d", accepted, persisted);
}

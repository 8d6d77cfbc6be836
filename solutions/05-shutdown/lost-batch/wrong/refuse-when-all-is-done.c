/*
 * Wrong. The shipper is told to stop, drains and is joined; then the log is closed. A
 * thread that records between the two is told that all is well.
 *
 * Tempting  what comes while it drains can still be delivered, so why refuse it?
 * Refused   by a test in which another thread records between the steps of the stop. Accept and deliver need one end.
 * Promise   when audit_stop() returns, every accepted entry is delivered and the sink is at rest.
 * test      fails stops_in_one_step
 */
#include "audit.h"

#include <pthread.h>
#include <string.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int entries[AUDIT_ROOM]; /* accepted and not yet taken; guarded by lock */
	size_t count;		 /* of them; guarded by lock */
	bool stopping, closed;	 /* guarded by lock */
	audit_sink *sink;
	pthread_t shipper; /* joined by audit_stop() */
} audit = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Needs the lock held. Takes the oldest entries, a batch at most, and returns how many. */
static size_t take(int *batch)
{
	size_t count = audit.count < AUDIT_BATCH ? audit.count : AUDIT_BATCH;

	memcpy(batch, audit.entries, count * sizeof *batch);
	audit.count -= count;
	memmove(audit.entries, audit.entries + count, audit.count * sizeof *batch);
	return count;
}

static void *ship(void *arg)
{
	int batch[AUDIT_BATCH];

	CHECK(pthread_mutex_lock(&audit.lock));
	/* Drain: nothing is accepted any more once `stopping` is set, so this comes to an end. */
	while (!audit.stopping || audit.count > 0) {
		if (audit.count < AUDIT_BATCH && !audit.stopping) {
			CHECK(pthread_cond_wait(&audit.changed, &audit.lock));
			continue;
		}
		size_t count = take(batch);
		CHECK(pthread_mutex_unlock(&audit.lock));
		audit.sink(batch, count);
		CHECK(pthread_mutex_lock(&audit.lock));
	}
	CHECK(pthread_mutex_unlock(&audit.lock));
	return arg;
}

void audit_start(audit_sink *sink)
{
	audit.sink = sink;
	NEED(pthread_create(&audit.shipper, NULL, ship, NULL));
}

bool audit_record(int entry)
{
	CHECK(pthread_mutex_lock(&audit.lock));
	bool accepted = !audit.closed && audit.count < AUDIT_ROOM;
	if (accepted)
		audit.entries[audit.count++] = entry;
	CHECK(pthread_cond_signal(&audit.changed));
	CHECK(pthread_mutex_unlock(&audit.lock));
	return accepted;
}

void audit_stop(void)
{
	CHECK(pthread_mutex_lock(&audit.lock));
	audit.stopping = true;
	CHECK(pthread_cond_signal(&audit.changed));
	CHECK(pthread_mutex_unlock(&audit.lock));
	/*
	 * Without the lock: the shipper needs it to end. The empty queue alone would say nothing: the last
	 * batch is in neither place while the sink runs. The join is also what lets the caller see what
	 * the sink has written.
	 */
	CHECK(pthread_join(audit.shipper, NULL));
	CHECK(pthread_mutex_lock(&audit.lock));
	audit.closed = true;
	CHECK(pthread_mutex_unlock(&audit.lock));
}

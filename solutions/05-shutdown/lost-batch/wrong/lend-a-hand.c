/*
 * Wrong. The thread that stops the log delivers what is left, and joins the shipper
 * after that. The shipper may be in the sink at that moment.
 *
 * Tempting  two deliver faster than one, nothing is lost, and the lock keeps the entries apart.
 * Refused   by a test in which the sink is busy when the log is stopped: it is called by two threads at a time, and a later
 *           entry overtakes an earlier one.
 * Promise   when audit_stop() returns, every accepted entry is delivered and the sink is at rest.
 * test      fails records_without_delivering
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
	bool stopping;		 /* guarded by lock */
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
	while (!audit.stopping) {
		if (audit.count < AUDIT_BATCH) {
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
	bool accepted = !audit.stopping && audit.count < AUDIT_ROOM;
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
	/* The lock decides who of the two takes which batch; audit_record() adds nothing any more. */
	int batch[AUDIT_BATCH];
	size_t count;
	for (;;) {
		CHECK(pthread_mutex_lock(&audit.lock));
		count = take(batch);
		CHECK(pthread_mutex_unlock(&audit.lock));
		if (count == 0)
			break;
		audit.sink(batch, count);
	}
	CHECK(pthread_join(audit.shipper, NULL));
}

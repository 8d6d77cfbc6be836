/*
 * The shipper says itself that it has ended, under the lock, and audit_stop()
 * waits for that. The lock orders all that the sink has written before all that
 * the caller reads. With a timed wait this is the way to a deadline, which a
 * join does not have. `ended` is the shipper's last act, and it touches nothing
 * that could go away: only so may it stay detached.
 *
 * Promise   when audit_stop() returns, every accepted entry is delivered and the sink is at rest.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when unjoined at exit <= 0
 */
#include "audit.h"

#include <pthread.h>
#include <string.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed, done;
	int entries[AUDIT_ROOM]; /* accepted and not yet taken; guarded by lock */
	size_t count;		 /* of them; guarded by lock */
	bool stopping, ended;	 /* guarded by lock */
	audit_sink *sink;
} audit = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .done = PTHREAD_COND_INITIALIZER};

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
	audit.ended = true;
	CHECK(pthread_cond_signal(&audit.done));
	CHECK(pthread_mutex_unlock(&audit.lock));
	return arg;
}

void audit_start(audit_sink *sink)
{
	pthread_t shipper;

	audit.sink = sink;
	NEED(pthread_create(&shipper, NULL, ship, NULL));
	CHECK(pthread_detach(shipper));
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
	while (!audit.ended)
		CHECK(pthread_cond_wait(&audit.done, &audit.lock));
	CHECK(pthread_mutex_unlock(&audit.lock));
}

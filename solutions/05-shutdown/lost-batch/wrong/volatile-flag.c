/*
 * The shipper drains and sets a flag at its end; audit_stop() turns round and
 * round until it sees the flag.
 *
 * Tempting  volatile keeps the compiler from reading the flag only once, and that looks like all it takes.
 * Refused   by the detectors: volatile orders nothing between threads. The flag itself is a race, and the
 *           archive, which the flag was to hand over, is another. The tests pass.
 * test      passes
 * tsan      fires  data-race in ended, data-race in archive_add
 * helgrind  fires  Race in ended, Race in archive_add
 */
#include "audit.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int entries[AUDIT_ROOM]; /* accepted and not yet taken; guarded by lock */
	size_t count;		 /* of them; guarded by lock */
	bool stopping;		 /* guarded by lock */
	audit_sink *sink;
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

/* Says, or only asks, whether the shipper has ended. */
static bool ended(bool now)
{
	static volatile bool flag;

	if (now)
		flag = true;
	return flag;
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
	CHECK(pthread_mutex_unlock(&audit.lock));
	ended(true);
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
	CHECK(pthread_mutex_unlock(&audit.lock));
	while (!ended(false))
		sched_yield();
}

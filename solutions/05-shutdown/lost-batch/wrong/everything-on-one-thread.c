/*
 * No shipper: audit_record() delivers the entry at once.
 *
 * Tempting  where no second thread is, nothing can be lost or raced for, and it is a third of the code.
 * Refused   by the tests: the thread was there so that no customer waits for the archive. Now every one does,
 *           and the lock makes them queue for it.
 * test      fails records_without_delivering, accepts_in_one_step
 */
#include "audit.h"

#include <pthread.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	bool stopping; /* guarded by lock */
	audit_sink *sink;
} audit = {.lock = PTHREAD_MUTEX_INITIALIZER};

void audit_start(audit_sink *sink)
{
	audit.sink = sink;
}

bool audit_record(int entry)
{
	CHECK(pthread_mutex_lock(&audit.lock));
	bool accepted = !audit.stopping;
	if (accepted)
		audit.sink(&entry, 1);
	CHECK(pthread_mutex_unlock(&audit.lock));
	return accepted;
}

void audit_stop(void)
{
	CHECK(pthread_mutex_lock(&audit.lock));
	audit.stopping = true;
	CHECK(pthread_mutex_unlock(&audit.lock));
}

/*
 * The threads are detached: each takes itself away when it has ended.
 *
 * Tempting  nothing piles up any more, no handle, no list, no memory; an ended scan leaves no trace.
 * Refused   the tests and the budget: what piled up was not what has ended, but what has not. It still does, and now
 *           nobody has a handle to wait for it.
 * test      fails says_busy, waits_for_a_slot, loses_its_patience, gives_the_last_slot_once
 * budget    fires threads in run_scan, joined in run_scan when threads <= mails + 5 - unjoined, joined == started
 */
#include "scan.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct running {
	scan_fn *scan;
	int attachment;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_ended = PTHREAD_COND_INITIALIZER;
static int under_way; /* guarded by lock */

static void *run_scan(void *arg)
{
	struct running *self = arg;

	self->scan(self->attachment);
	free(self);
	CHECK(pthread_mutex_lock(&lock));
	under_way--;
	CHECK(pthread_cond_signal(&one_ended));
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct running *self = malloc(sizeof *self);
	pthread_t thread;

	(void)patience;
	HAVE(self);
	self->scan = scan;
	self->attachment = attachment;
	CHECK(pthread_mutex_lock(&lock));
	under_way++;
	CHECK(pthread_mutex_unlock(&lock));
	NEED(pthread_create(&thread, NULL, run_scan, self));
	CHECK(pthread_detach(thread));
	return SCAN_STARTED;
}

void scans_wait(void)
{
	CHECK(pthread_mutex_lock(&lock));
	while (under_way > 0)
		CHECK(pthread_cond_wait(&one_ended, &lock));
	CHECK(pthread_mutex_unlock(&lock));
}

/*
 * Yours to fix. Each scan gets a thread, whatever else is under way.
 *
 * Promise   at most SCANS threads scan at a time; a caller that finds no slot in time is told.
 * test      fails says_busy, waits_for_a_slot, loses_its_patience, gives_the_last_slot_once
 * budget    fires threads in run_scan, threads in receive
 *           when threads <= mails + 5 - unjoined, joined == started
 */
#include "scan.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct running {
	pthread_t thread;
	scan_fn *scan;
	int attachment;
	struct running *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct running *all; /* guarded by lock */

static void *run_scan(void *arg)
{
	struct running *self = arg;

	self->scan(self->attachment);
	return NULL;
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct running *self = malloc(sizeof *self);

	(void)patience;
	HAVE(self);
	self->scan = scan;
	self->attachment = attachment;
	CHECK(pthread_mutex_lock(&lock));
	NEED(pthread_create(&self->thread, NULL, run_scan, self));
	self->next = all;
	all = self;
	CHECK(pthread_mutex_unlock(&lock));
	return SCAN_STARTED;
}

void scans_wait(void)
{
	struct running *next;

	for (; all; all = next) {
		next = all->next;
		CHECK(pthread_join(all->thread, NULL));
		free(all);
	}
}

/*
 * No slot, no wait.
 *
 * Tempting  the number of threads is bounded, the caller is told, and there is no clock and no condition.
 * Refused   the test: the caller had a patience, and was not asked. A slot that would have been free a moment later is
 *           a mail held back.
 * test      fails waits_for_a_slot, loses_its_patience
 */
#include "scan.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"

static struct slot {
	enum { FREE, SCANNING, ENDED } state; /* guarded by lock; ENDED: to be joined */
	pthread_t thread;
	scan_fn *scan;
	int attachment;
} slots[SCANS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *run_scan(void *arg)
{
	struct slot *self = arg;

	self->scan(self->attachment);
	CHECK(pthread_mutex_lock(&lock));
	self->state = ENDED;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

/* Needs the lock held. NULL: all are scanning. */
static struct slot *find_slot(void)
{
	for (int i = 0; i < SCANS; i++)
		if (slots[i].state != SCANNING)
			return &slots[i];
	return NULL;
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	(void)patience;
	CHECK(pthread_mutex_lock(&lock));
	struct slot *slot = find_slot();
	if (slot) {
		/* It has said so as its last act, and needs the lock no more: the join takes no time. */
		if (slot->state == ENDED)
			CHECK(pthread_join(slot->thread, NULL));
		slot->scan = scan;
		slot->attachment = attachment;
		slot->state = SCANNING;
		NEED(pthread_create(&slot->thread, NULL, run_scan, slot));
	}
	CHECK(pthread_mutex_unlock(&lock));
	return slot ? SCAN_STARTED : SCAN_BUSY;
}

void scans_wait(void)
{
	for (int i = 0; i < SCANS; i++) {
		CHECK(pthread_mutex_lock(&lock));
		bool used = slots[i].state != FREE;
		CHECK(pthread_mutex_unlock(&lock));
		if (used)
			CHECK(pthread_join(slots[i].thread, NULL));
	}
}

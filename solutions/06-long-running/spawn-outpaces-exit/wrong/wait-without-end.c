/*
 * Without a slot, scan_start() waits until there is one.
 *
 * Tempting  the number of threads is bounded, nothing is refused, and the caller is slowed down to what can be done.
 * Refused   the tests: the caller had a patience. A scanner that hangs now stops the intake of all mail.
 * test      fails says_busy, waits_for_a_slot, loses_its_patience, gives_the_last_slot_once
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
static pthread_cond_t one_ended = PTHREAD_COND_INITIALIZER;

static void *run_scan(void *arg)
{
	struct slot *self = arg;

	self->scan(self->attachment);
	CHECK(pthread_mutex_lock(&lock));
	self->state = ENDED;
	CHECK(pthread_cond_signal(&one_ended));
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
	struct slot *slot;

	(void)patience;
	CHECK(pthread_mutex_lock(&lock));
	while (!(slot = find_slot()))
		CHECK(pthread_cond_wait(&one_ended, &lock));
	if (slot->state == ENDED)
		CHECK(pthread_join(slot->thread, NULL));
	slot->scan = scan;
	slot->attachment = attachment;
	slot->state = SCANNING;
	NEED(pthread_create(&slot->thread, NULL, run_scan, slot));
	CHECK(pthread_mutex_unlock(&lock));
	return SCAN_STARTED;
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

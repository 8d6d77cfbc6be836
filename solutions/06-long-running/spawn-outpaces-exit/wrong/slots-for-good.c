/*
 * A scan takes a slot.
 *
 * Tempting  never more than SCANS threads, and the wait has its deadline; the detectors are silent.
 * Refused   the tests: nobody gives a slot back. It bounds what is ever started: four scans, and then none.
 * test      fails waits_for_a_slot, takes_every_slot_again
 */
#include "scan.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct slot {
	enum { FREE, SCANNING, ENDED } state; /* guarded by lock */
	pthread_t thread;
	scan_fn *scan;
	int attachment;
} slots[SCANS];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_ended;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void)
{
	deadline_cond_init(&one_ended);
}

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
		if (slots[i].state == FREE)
			return &slots[i];
	return NULL;
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct timespec end = deadline_in(patience);
	struct slot *slot;

	CHECK(pthread_once(&once, init));
	CHECK(pthread_mutex_lock(&lock));
	while (!(slot = find_slot()) && deadline_cond_wait(&one_ended, &lock, &end))
		;
	if (slot) {
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

/*
 * Wrong. Under the lock a slot is found, and under the lock it is taken. In between the
 * lock was free.
 *
 * Tempting  each slot is read and written under the lock, and every detector is silent.
 * Refused   by a test: between the two another mail takes the last slot. Its scan is written over in the slot, and
 *           its thread is joined by nobody.
 * Promise   at most SCANS threads scan at a time; a caller that finds no slot in time is told.
 * test      fails gives_the_last_slot_once
 */
#include "scan.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct slot {
	enum { FREE, SCANNING, ENDED } state; /* guarded by lock; ENDED: to be joined */
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
		if (slots[i].state != SCANNING)
			return &slots[i];
	return NULL;
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct timespec end = deadline_in(patience);
	struct slot *slot;
	bool in_time = true;

	CHECK(pthread_once(&once, init));
	CHECK(pthread_mutex_lock(&lock));
	/* Looked for once more when the time has come: a slot may have come with it, and nobody else was woken for that. */
	while (!(slot = find_slot()) && in_time)
		in_time = deadline_cond_wait(&one_ended, &lock, &end);
	CHECK(pthread_mutex_unlock(&lock));
	CHECK(pthread_mutex_lock(&lock));
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

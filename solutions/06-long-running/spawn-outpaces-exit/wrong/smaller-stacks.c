/*
 * Each thread gets a stack of 256 KiB instead of 8 MiB.
 *
 * Tempting  it was the memory that ran out, and this is a thirtieth of it.
 * Refused   the tests and the budget: thirty times as many threads, until the same thing happens. And a scan that
 *           needs a deep stack once writes past its end.
 * test      fails says_busy, waits_for_a_slot, loses_its_patience, gives_the_last_slot_once
 * budget    fires threads in run_scan, threads in receive
 *           when threads <= mails + 5 - unjoined, joined == started
 */
#include "scan.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

enum { STACK = 256 * 1024 };

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
	pthread_attr_t small;

	(void)patience;
	HAVE(self);
	self->scan = scan;
	self->attachment = attachment;
	CHECK(pthread_attr_init(&small));
	CHECK(pthread_attr_setstacksize(&small, STACK));
	CHECK(pthread_mutex_lock(&lock));
	NEED(pthread_create(&self->thread, &small, run_scan, self));
	self->next = all;
	all = self;
	CHECK(pthread_mutex_unlock(&lock));
	CHECK(pthread_attr_destroy(&small));
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

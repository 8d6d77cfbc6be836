/*
 * The threads stand in a ring. Without a slot, scan_start() joins the oldest, as long as the patience lasts.
 *
 * Tempting  pthread_timedjoin_np() is the whole wait: no state, no condition, and the bound is on what was not joined.
 * Refused   the test: one scan has ended, and it waits for another, which hangs. It holds the lock, too, so that a
 *           caller without patience waits behind it.
 * test      fails waits_for_a_slot, loses_its_patience
 */
#define _GNU_SOURCE /* pthread_timedjoin_np() */
#include "scan.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

struct scan {
	scan_fn *scan;
	int attachment;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t threads[SCANS]; /* guarded by lock */
static int first, count;	 /* of the threads that were not joined; guarded by lock */

static void *run_scan(void *arg)
{
	struct scan self = *(struct scan *)arg;

	free(arg);
	self.scan(self.attachment);
	return NULL;
}

/* Needs the lock held. */
static bool join_oldest(long patience)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += patience / 1000;
	end.tv_nsec += patience % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	if (pthread_timedjoin_np(threads[first], NULL, &end) != 0)
		return false;
	first = (first + 1) % SCANS;
	count--;
	return true;
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct scan *self = NULL;

	CHECK(pthread_mutex_lock(&lock));
	if (count < SCANS || join_oldest(patience)) {
		self = malloc(sizeof *self);
		HAVE(self);
		*self = (struct scan){scan, attachment};
		NEED(pthread_create(&threads[(first + count++) % SCANS], NULL, run_scan, self));
	}
	CHECK(pthread_mutex_unlock(&lock));
	return self ? SCAN_STARTED : SCAN_BUSY;
}

void scans_wait(void)
{
	for (; count > 0; count--, first = (first + 1) % SCANS)
		CHECK(pthread_join(threads[first], NULL));
}

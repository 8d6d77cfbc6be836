/*
 * Each thread counts itself out when it has looked through its attachment, and all are joined in the end.
 *
 * Tempting  the bound is on the scans, which are what takes time; the wait has its deadline, and no handle is lost.
 * Refused   the budget: it was on the threads, and one is there until it has been joined. A handle for each mail of a
 *           year is kept, and the stack that belongs to it. The tests pass.
 * test      passes
 * budget    fires threads in run_scan, threads in receive
 *           when threads <= mails + 5 - unjoined, joined == started
 */
#include "scan.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct running {
	pthread_t thread;
	scan_fn *scan;
	int attachment;
	struct running *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_ended;
static int scanning;	    /* guarded by lock */
static struct running *all; /* guarded by lock */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init(void)
{
	deadline_cond_init(&one_ended);
}

static void *run_scan(void *arg)
{
	struct running *self = arg;

	self->scan(self->attachment);
	CHECK(pthread_mutex_lock(&lock));
	scanning--;
	CHECK(pthread_cond_signal(&one_ended));
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct timespec end = deadline_in(patience);
	struct running *self = NULL;

	CHECK(pthread_once(&once, init));
	CHECK(pthread_mutex_lock(&lock));
	while (scanning == SCANS && deadline_cond_wait(&one_ended, &lock, &end))
		;
	if (scanning < SCANS) {
		self = malloc(sizeof *self);
		HAVE(self);
		*self = (struct running){.scan = scan, .attachment = attachment, .next = all};
		all = self;
		scanning++;
		NEED(pthread_create(&self->thread, NULL, run_scan, self));
	}
	CHECK(pthread_mutex_unlock(&lock));
	return self ? SCAN_STARTED : SCAN_BUSY;
}

void scans_wait(void)
{
	/* Nobody is in scan_start() any more, and the threads do not look at the list. */
	while (all) {
		struct running *one = all;

		all = one->next;
		CHECK(pthread_join(one->thread, NULL));
		free(one);
	}
}

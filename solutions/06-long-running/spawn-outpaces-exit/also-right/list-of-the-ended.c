/*
 * A count of threads and a list of those that have ended. The next caller joins
 * them, and only the join takes them out of the count.
 *
 * Promise   at most SCANS threads scan at a time; a caller that finds no slot in time is told.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= mails + 5 - unjoined, joined == started
 */
#include "scan.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct running {
	pthread_t thread;
	scan_fn *scan;
	int attachment;
	struct running *next; /* in the list of the ended; guarded by lock */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t one_ended;
static int threads;	      /* started and not joined; guarded by lock */
static struct running *ended; /* guarded by lock */
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
	self->next = ended;
	ended = self;
	CHECK(pthread_cond_broadcast(&one_ended));
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

/* Needs the lock held. */
static void join_ended(void)
{
	while (ended) {
		struct running *one = ended;

		ended = one->next;
		CHECK(pthread_join(one->thread, NULL));
		free(one);
		threads--;
	}
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct timespec end = deadline_in(patience);
	struct running *self = NULL;
	bool in_time = true;

	CHECK(pthread_once(&once, init));
	CHECK(pthread_mutex_lock(&lock));
	join_ended();
	while (threads == SCANS && in_time) {
		in_time = deadline_cond_wait(&one_ended, &lock, &end);
		join_ended(); /* when the time has come too: one may have ended with it */
	}
	if (threads < SCANS) {
		self = malloc(sizeof *self);
		HAVE(self);
		*self = (struct running){.scan = scan, .attachment = attachment};
		NEED(pthread_create(&self->thread, NULL, run_scan, self));
		threads++;
	}
	CHECK(pthread_mutex_unlock(&lock));
	return self ? SCAN_STARTED : SCAN_BUSY;
}

void scans_wait(void)
{
	CHECK(pthread_once(&once, init));
	CHECK(pthread_mutex_lock(&lock));
	join_ended();
	while (threads > 0) {
		CHECK(pthread_cond_wait(&one_ended, &lock));
		join_ended();
	}
	CHECK(pthread_mutex_unlock(&lock));
}

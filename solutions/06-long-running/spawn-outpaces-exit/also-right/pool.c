/*
 * SCANS threads that live as long as the scans do, and wait for work. An
 * attachment goes to one that has nothing to do, never into a list: "started"
 * means that somebody is on it.
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

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t work, idle;
	pthread_once_t once;
	pthread_t threads[SCANS];
	/* all below guarded by lock */
	struct {
		scan_fn *scan;
		int attachment;
	} handed[SCANS]; /* to threads that are about to take it */
	int count;	 /* of them */
	int at_work;	 /* slots: those that scan, and those that are about to */
	bool started, closed;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER, .once = PTHREAD_ONCE_INIT};

static void *run_scans(void *arg)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	while (!pool.closed || pool.count > 0) {
		if (pool.count == 0) {
			CHECK(pthread_cond_wait(&pool.work, &pool.lock));
			continue;
		}
		scan_fn *scan = pool.handed[--pool.count].scan;
		int attachment = pool.handed[pool.count].attachment;
		CHECK(pthread_mutex_unlock(&pool.lock));
		scan(attachment);
		CHECK(pthread_mutex_lock(&pool.lock));
		pool.at_work--;
		CHECK(pthread_cond_signal(&pool.idle));
	}
	CHECK(pthread_mutex_unlock(&pool.lock));
	return arg;
}

static void start(void)
{
	deadline_cond_init(&pool.idle);
	for (int i = 0; i < SCANS; i++)
		NEED(pthread_create(&pool.threads[i], NULL, run_scans, NULL));
	CHECK(pthread_mutex_lock(&pool.lock));
	pool.started = true;
	CHECK(pthread_mutex_unlock(&pool.lock));
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_once(&pool.once, start));
	CHECK(pthread_mutex_lock(&pool.lock));
	while (pool.at_work == SCANS && deadline_cond_wait(&pool.idle, &pool.lock, &end))
		;
	bool idle = pool.at_work < SCANS;
	if (idle) {
		pool.at_work++;
		pool.handed[pool.count].scan = scan;
		pool.handed[pool.count++].attachment = attachment;
		CHECK(pthread_cond_signal(&pool.work));
	}
	CHECK(pthread_mutex_unlock(&pool.lock));
	return idle ? SCAN_STARTED : SCAN_BUSY;
}

void scans_wait(void)
{
	CHECK(pthread_mutex_lock(&pool.lock));
	bool started = pool.started;
	pool.closed = true;
	CHECK(pthread_cond_broadcast(&pool.work));
	CHECK(pthread_mutex_unlock(&pool.lock));
	for (int i = 0; started && i < SCANS; i++)
		CHECK(pthread_join(pool.threads[i], NULL));
}

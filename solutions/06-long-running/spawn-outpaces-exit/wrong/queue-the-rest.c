/*
 * Four threads, and a list for what they have not come to yet.
 *
 * Tempting  the number of threads is bounded, nobody waits, nobody is refused.
 * Refused   the tests: "started" now means "noted". The list has no end; what was 8 MiB for each scan is 32 bytes,
 *           and grows just as steadily.
 * test      fails says_busy, waits_for_a_slot, loses_its_patience, gives_the_last_slot_once
 */
#include "scan.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct noted {
	scan_fn *scan;
	int attachment;
	struct noted *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct noted *first, **last = &first; /* guarded by lock */
static bool started, closed;		     /* guarded by lock */
static pthread_t threads[SCANS];

static void *run_scans(void *arg)
{
	CHECK(pthread_mutex_lock(&lock));
	while (!closed || first) {
		if (!first) {
			CHECK(pthread_cond_wait(&changed, &lock));
			continue;
		}
		struct noted *one = first;
		first = one->next;
		if (!first)
			last = &first;
		CHECK(pthread_mutex_unlock(&lock));
		one->scan(one->attachment);
		free(one);
		CHECK(pthread_mutex_lock(&lock));
	}
	CHECK(pthread_mutex_unlock(&lock));
	return arg;
}

enum scan_result scan_start(scan_fn *scan, int attachment, long patience)
{
	struct noted *one = malloc(sizeof *one);

	(void)patience;
	HAVE(one);
	*one = (struct noted){.scan = scan, .attachment = attachment};
	CHECK(pthread_mutex_lock(&lock));
	for (int i = 0; !started && i < SCANS; i++)
		NEED(pthread_create(&threads[i], NULL, run_scans, NULL));
	started = true;
	*last = one;
	last = &one->next;
	CHECK(pthread_cond_signal(&changed));
	CHECK(pthread_mutex_unlock(&lock));
	return SCAN_STARTED;
}

void scans_wait(void)
{
	CHECK(pthread_mutex_lock(&lock));
	closed = true;
	CHECK(pthread_cond_broadcast(&changed));
	bool any = started;
	CHECK(pthread_mutex_unlock(&lock));
	for (int i = 0; any && i < SCANS; i++)
		CHECK(pthread_join(threads[i], NULL));
}

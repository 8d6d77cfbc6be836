/*
 * The file counts its scans. Start and wait are under the lock of the count, from
 * beginning to end.
 *
 * Tempting  what a scan is and how many there are is always the same, and no detector has a word to say.
 * Refused   by the test: a join is a wait, and the lock goes along with it. A caller that waits for a quick reel waits
 *           for the slow one of another caller.
 * test      fails waits_for_no_other
 */
#include "reel.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct scan {
	reel_next *next;
	void *reel;
	pthread_t scanner;
	/* of the scanner until it has been joined, then of its joiner: needs no lock */
	int frames;
	enum scan_result result;
};

static struct {
	pthread_mutex_t lock;
	int under_way; /* started and not waited for; guarded by lock */
} scans = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *scan_all(void *arg)
{
	struct scan *scan = arg;
	enum frame frame;

	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		scan->frames++;
	scan->result = frame == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
	return NULL;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = malloc(sizeof *scan);

	HAVE(scan);
	*scan = (struct scan){.next = next, .reel = reel};
	CHECK(pthread_mutex_lock(&scans.lock));
	scans.under_way++;
	NEED(pthread_create(&scan->scanner, NULL, scan_all, scan));
	CHECK(pthread_mutex_unlock(&scans.lock));
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	CHECK(pthread_mutex_lock(&scans.lock));
	CHECK(pthread_join(scan->scanner, NULL));
	enum scan_result result = scan->result;
	*frames = scan->frames;
	free(scan);
	scans.under_way--;
	CHECK(pthread_mutex_unlock(&scans.lock));
	return result;
}

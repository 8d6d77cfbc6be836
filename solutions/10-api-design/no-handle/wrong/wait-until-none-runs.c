/*
 * The file counts how many scans run, and scan_wait() waits until there is none.
 *
 * Tempting  one lock, one condition and one number in place of a handle for each; when none runs, mine does not.
 * Refused   by the test: a caller that waits for a quick reel waits for the slow ones of everybody else, and in a busy
 *           archive for ever.
 * test      fails waits_for_no_other
 */
#include "reel.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct scan {
	reel_next *next;
	void *reel;
	int frames;
	enum scan_result result;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int running; /* guarded by lock */
} scans = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* Counts a scan in or out. */
static void count(int change)
{
	CHECK(pthread_mutex_lock(&scans.lock));
	scans.running += change;
	CHECK(pthread_cond_broadcast(&scans.changed));
	CHECK(pthread_mutex_unlock(&scans.lock));
}

static void *scan_all(void *arg)
{
	struct scan *scan = arg;
	enum frame frame;

	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		scan->frames++;
	scan->result = frame == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
	count(-1);
	return NULL;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = malloc(sizeof *scan);
	pthread_t scanner;

	HAVE(scan);
	*scan = (struct scan){.next = next, .reel = reel};
	count(+1);
	NEED(pthread_create(&scanner, NULL, scan_all, scan));
	CHECK(pthread_detach(scanner));
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	CHECK(pthread_mutex_lock(&scans.lock));
	while (scans.running > 0)
		CHECK(pthread_cond_wait(&scans.changed, &scans.lock));
	CHECK(pthread_mutex_unlock(&scans.lock));
	enum scan_result result = scan->result;
	*frames = scan->frames;
	free(scan);
	return result;
}

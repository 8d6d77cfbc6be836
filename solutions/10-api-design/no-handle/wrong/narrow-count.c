/*
 * Each scan has its thread, its handle and its result. The frames are counted in
 * the space that was left beside the result.
 *
 * Tempting  two bytes count to sixty-five thousand, and the handle fits into one line of the cache.
 * Refused   by the test: an hour of film has eighty thousand frames. The count begins anew, and no compiler warns of it.
 * test      fails tells_how_each_went
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
	unsigned short frames;
	enum scan_result result;
};

static void *scan_all(void *arg)
{
	struct scan *scan = arg;
	enum frame frame;

	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		scan->frames++;
	/* The last answer was dropped before. It is half of what the caller waits for. */
	scan->result = frame == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
	return NULL;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = malloc(sizeof *scan);

	HAVE(scan);
	*scan = (struct scan){.next = next, .reel = reel};
	NEED(pthread_create(&scan->scanner, NULL, scan_all, scan));
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	/* The wait and the order at once: all that the thread has written is there when it returns. */
	CHECK(pthread_join(scan->scanner, NULL));
	enum scan_result result = scan->result;
	*frames = scan->frames;
	/* The handle ends with the wait, so that there is no second one, and no way to free it without. */
	free(scan);
	return result;
}

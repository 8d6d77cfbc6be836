/*
 * The handle is what the caller holds in place of the thread: by it the thread
 * can be waited for, and its result read. So it has both in it, and each scan
 * has its own. What only the caller of scan_wait() needs is nowhere else.
 *
 * Promise   when scan_wait() returns, the scan's thread has ended, and the caller knows how it went.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
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

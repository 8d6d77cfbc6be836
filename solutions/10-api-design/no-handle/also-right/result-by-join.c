/*
 * The thread has memory of its own, and gives it away as its result. The
 * thread that joins gets it: that is what the second argument of pthread_join() is for.
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
	pthread_t scanner; /* the whole handle */
};

/* Of the thread; handed over with its result. */
struct work {
	reel_next *next;
	void *reel;
	int frames;
	enum frame last;
};

static void *scan_all(void *arg)
{
	struct work *work = arg;

	while ((work->last = work->next(work->reel)) == FRAME_SCANNED)
		work->frames++;
	return work;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = malloc(sizeof *scan);
	struct work *work = malloc(sizeof *work);

	HAVE(scan && work);
	*work = (struct work){.next = next, .reel = reel};
	NEED(pthread_create(&scan->scanner, NULL, scan_all, work));
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	void *result;

	CHECK(pthread_join(scan->scanner, &result));
	struct work *work = result;
	enum frame last = work->last;
	*frames = work->frames;
	free(work);
	free(scan);
	return last == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
}

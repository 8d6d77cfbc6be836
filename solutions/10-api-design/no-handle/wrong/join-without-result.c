/*
 * scan_wait() joins the thread, frees everything, and says that all is well.
 *
 * Tempting  nobody is left behind, nothing leaks, no detector says a word: is that not what a wait is for?
 * Refused   by the test: a wait is for two things, and the second is the result. The torn reel is thrown away.
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
	int frames; /* of the scanner until it has been joined */
};

static void *scan_all(void *arg)
{
	struct scan *scan = arg;

	while (scan->next(scan->reel) == FRAME_SCANNED)
		scan->frames++;
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
	CHECK(pthread_join(scan->scanner, NULL));
	*frames = scan->frames;
	free(scan);
	return SCAN_WHOLE;
}

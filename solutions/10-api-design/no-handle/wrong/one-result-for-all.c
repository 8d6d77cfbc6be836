/*
 * Each scan has its thread and is joined. How it went is kept in the file.
 *
 * Tempting  like errno: the last result is always there for any caller, and no signature has to change.
 * Refused   by the test and the detectors: with two scans it is the result of whichever ended last. errno is one for
 *           each thread, and was not always.
 * test      fails tells_how_each_went
 * tsan      fires data-race in scan_all
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

static enum scan_result last_result;

static void *scan_all(void *arg)
{
	struct scan *scan = arg;
	enum frame frame;

	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		scan->frames++;
	last_result = frame == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
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
	return last_result;
}

/*
 * No thread: scan_start() scans the reel, and the handle holds the result.
 *
 * Tempting  without a thread there is nobody to wait for, and the result is there before anybody asks.
 * Refused   by the tests: the caller had other work, and other reels. It is right to ask whether a thread is needed at
 *           all; here the header says that it is.
 * test      fails waits_for_the_frame_under_way, waits_for_no_other
 */
#include "reel.h"

#include <stdlib.h>

#include "kit/check.h"

struct scan {
	reel_next *next;
	void *reel;
	int frames;
	enum scan_result result;
};

static void scan_all(struct scan *scan)
{
	enum frame frame;

	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		scan->frames++;
	scan->result = frame == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = malloc(sizeof *scan);

	HAVE(scan);
	*scan = (struct scan){.next = next, .reel = reel};
	scan_all(scan);
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	enum scan_result result = scan->result;
	*frames = scan->frames;
	free(scan);
	return result;
}

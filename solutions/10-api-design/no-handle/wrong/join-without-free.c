/*
 * scan_wait() joins the thread and reads the result. The handle stays.
 *
 * Tempting  the owner of the handle may use it any number of times, and what is not freed is not used afterwards.
 * Refused   by memcheck: "its memory is free", says the header, and the caller has no function to free it with. Each
 *           reel of the archive leaves a handle behind, which nobody holds.
 * test      passes
 * memcheck  fires Leak_DefinitelyLost in scan_start
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
	CHECK(pthread_join(scan->scanner, NULL));
	*frames = scan->frames;
	return scan->result;
}

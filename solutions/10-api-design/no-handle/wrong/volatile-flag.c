/*
 * The thread raises a flag with its last line, and scan_wait() looks at it ten
 * times a second. The flag is volatile.
 *
 * Tempting  volatile is said to be for what others change; the result is right, the frames are right, the tests pass.
 * Refused   by ThreadSanitizer and Helgrind: volatile orders nothing between threads. The flag is a race, and so is all
 *           that it was to announce: the result, the count, and the reel itself.
 * test      passes
 * tsan      fires data-race in scan_all, data-race in scan_wait, data-race in scanned_of, data-race in ends_of
 * helgrind  fires Race in scan_all, Race in scan_wait, Race in scanned_of, Race in ends_of
 * budget    fires joined in scan_all when joined == started
 */
#include "reel.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "kit/check.h"

struct scan {
	reel_next *next;
	void *reel;
	int frames;
	enum scan_result result;
	volatile bool done;
};

static void *scan_all(void *arg)
{
	struct scan *scan = arg;
	enum frame frame;

	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		scan->frames++;
	scan->result = frame == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
	scan->done = true;
	return NULL;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = malloc(sizeof *scan);
	pthread_t scanner;

	HAVE(scan);
	*scan = (struct scan){.next = next, .reel = reel};
	NEED(pthread_create(&scanner, NULL, scan_all, scan));
	CHECK(pthread_detach(scanner));
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	while (!scan->done)
		nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	enum scan_result result = scan->result;
	*frames = scan->frames;
	free(scan);
	return result;
}

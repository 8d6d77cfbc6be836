/*
 * The thread's result is a number: that of the frames, and less than zero when
 * the film has torn.
 *
 * Tempting  pthread_join() carries one value, one is enough, and nothing is shared, not even for a moment.
 * Refused   by the test: there is no minus zero. A reel that tears before its first frame is said to be whole, and is
 *           thrown away. Two answers in one number need room for every pair of them.
 * test      fails tells_how_each_went
 */
#include "reel.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"

struct scan {
	reel_next *next;
	void *reel;
	pthread_t scanner;
};

/* Its result is the number of frames, with a minus where the film has torn. */
static void *scan_all(void *arg)
{
	struct scan *scan = arg;
	enum frame frame;
	intptr_t frames = 0;

	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		frames++;
	return (void *)(frame == FRAME_TORN ? -frames : frames);
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
	void *result;

	CHECK(pthread_join(scan->scanner, &result));
	free(scan);
	*frames = abs((int)(intptr_t)result);
	return (intptr_t)result < 0 ? SCAN_TORN : SCAN_WHOLE;
}

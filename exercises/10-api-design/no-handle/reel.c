/*
 * Yours to fix. scan_start() used to return nothing. It has been given a handle
 * since, as reel.h wants it, and behind the handle is nothing.
 *
 * Promise   when scan_wait() returns, the scan's thread has ended, and the caller knows how it went.
 * test      fails tells_how_each_went, waits_for_no_other, waits_for_the_frame_under_way
 * tsan      fires data-race in scan_wait, data-race in scanned_of
 * helgrind  fires Race in scan_wait, Race in scanned_of
 * budget    fires joined in scan_all when joined == started
 */
#include "reel.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct scan {
	int frames; /* so far */
};

struct job {
	reel_next *next;
	void *reel;
	struct scan *scan;
};

static void *scan_all(void *arg)
{
	struct job *job = arg;

	while (job->next(job->reel) == FRAME_SCANNED)
		job->scan->frames++;
	free(job);
	return NULL;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = calloc(1, sizeof *scan);
	struct job *job = malloc(sizeof *job);
	pthread_t scanner;

	HAVE(scan && job);
	*job = (struct job){.next = next, .reel = reel, .scan = scan};
	NEED(pthread_create(&scanner, NULL, scan_all, job));
	CHECK(pthread_detach(scanner));
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	*frames = scan->frames;
	return SCAN_WHOLE;
}

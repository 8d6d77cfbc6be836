/*
 * The thread announces its result, under a lock and with a condition. Nobody
 * joins it.
 *
 * Tempting  the result is guarded, the wait is not a poll, and who has the result needs the thread no more.
 * Refused   by the budget: the thread goes on after its last line of work. It has yet to leave its unlock, and the lock
 *           that it is in is destroyed and freed by then, or is not. The tests pass, and whether another detector
 *           sees it is luck.
 * test      passes
 * budget    fires joined in scan_all when joined == started
 */
#include "reel.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct scan {
	reel_next *next;
	void *reel;
	pthread_mutex_t lock;
	pthread_cond_t ended;
	/* all below guarded by lock */
	bool done;
	int frames;
	enum scan_result result;
};

static void *scan_all(void *arg)
{
	struct scan *scan = arg;
	enum frame frame;
	int frames = 0;

	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		frames++;
	CHECK(pthread_mutex_lock(&scan->lock));
	scan->frames = frames;
	scan->result = frame == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
	scan->done = true;
	CHECK(pthread_cond_broadcast(&scan->ended));
	CHECK(pthread_mutex_unlock(&scan->lock));
	return NULL;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = malloc(sizeof *scan);
	pthread_t scanner;

	HAVE(scan);
	*scan = (struct scan){.next = next, .reel = reel};
	CHECK(pthread_mutex_init(&scan->lock, NULL));
	CHECK(pthread_cond_init(&scan->ended, NULL));
	NEED(pthread_create(&scanner, NULL, scan_all, scan));
	CHECK(pthread_detach(scanner));
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	CHECK(pthread_mutex_lock(&scan->lock));
	while (!scan->done)
		CHECK(pthread_cond_wait(&scan->ended, &scan->lock));
	enum scan_result result = scan->result;
	*frames = scan->frames;
	CHECK(pthread_mutex_unlock(&scan->lock));
	CHECK(pthread_cond_destroy(&scan->ended));
	CHECK(pthread_mutex_destroy(&scan->lock));
	free(scan);
	return result;
}

/*
 * Each marker has a queue of its own, and the papers are dealt out in turn. To
 * stop a marker is to close her queue, and nobody else's.
 *
 * Tempting  no end is shared any more, no marker can reach another's papers, and as long as all stay each paper is marked.
 * Refused   by the tests: a paper now belongs to a marker before she has asked for it. What lies in her queue when she
 *           goes home is marked by nobody, and when nobody is there the desk cannot hand in.
 * test      fails sends_home_who_waits, lets_the_others_go_on, leaves_the_papers
 */
#include "exam.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { MARKERS = 16 };

struct exam {
	pthread_mutex_t lock;
	/* all below guarded by lock */
	struct marker *markers[MARKERS];
	int turn;
	bool ended;
};

struct marker {
	struct exam *exam;
	struct queue papers;
	bool stopped; /* guarded by the exam's lock */
};

struct exam *exam_new(void)
{
	struct exam *exam = calloc(1, sizeof *exam);

	HAVE(exam);
	CHECK(pthread_mutex_init(&exam->lock, NULL));
	return exam;
}

void exam_free(struct exam *exam)
{
	CHECK(pthread_mutex_destroy(&exam->lock));
	free(exam);
}

bool exam_hand_in(struct exam *exam, int paper)
{
	bool taken = false;

	CHECK(pthread_mutex_lock(&exam->lock));
	for (int i = 0; i < MARKERS && !taken; i++) {
		struct marker *marker = exam->markers[exam->turn];
		taken = marker && queue_offer(&marker->papers, (void *)(intptr_t)paper);
		exam->turn = (exam->turn + 1) % MARKERS;
	}
	CHECK(pthread_mutex_unlock(&exam->lock));
	return taken;
}

void exam_end(struct exam *exam)
{
	CHECK(pthread_mutex_lock(&exam->lock));
	exam->ended = true;
	for (int i = 0; i < MARKERS; i++)
		if (exam->markers[i])
			queue_close(&exam->markers[i]->papers);
	CHECK(pthread_mutex_unlock(&exam->lock));
}

/* Puts `marker` where `before` is. */
static void replace(struct exam *exam, const struct marker *before, struct marker *marker)
{
	int i = 0;

	CHECK(pthread_mutex_lock(&exam->lock));
	while (exam->markers[i] != before)
		REQUIRE(++i < MARKERS);
	exam->markers[i] = marker;
	if (marker && exam->ended)
		queue_close(&marker->papers);
	CHECK(pthread_mutex_unlock(&exam->lock));
}

struct marker *marker_new(struct exam *exam)
{
	struct marker *marker = calloc(1, sizeof *marker);

	HAVE(marker);
	marker->exam = exam;
	queue_init(&marker->papers, EXAM_ROOM);
	replace(exam, NULL, marker);
	return marker;
}

void marker_free(struct marker *marker)
{
	replace(marker->exam, marker, NULL);
	queue_destroy(&marker->papers);
	free(marker);
}

static bool is_stopped(struct marker *marker)
{
	CHECK(pthread_mutex_lock(&marker->exam->lock));
	bool stopped = marker->stopped;
	CHECK(pthread_mutex_unlock(&marker->exam->lock));
	return stopped;
}

enum next marker_next(struct marker *marker, int *paper)
{
	void *item;

	if (is_stopped(marker))
		return NEXT_STOPPED;
	if (!queue_take(&marker->papers, &item))
		return is_stopped(marker) ? NEXT_STOPPED : NEXT_NO_MORE;
	*paper = (int)(intptr_t)item;
	return NEXT_PAPER;
}

void marker_stop(struct marker *marker)
{
	CHECK(pthread_mutex_lock(&marker->exam->lock));
	marker->stopped = true;
	CHECK(pthread_mutex_unlock(&marker->exam->lock));
	queue_close(&marker->papers);
}

/*
 * Each marker has an end of her own. The desk wakes up one who waits when there
 * was no paper before: where there are papers, nobody waits.
 *
 * Tempting  the wake-up is needed when something changes for those who wait, and a second paper changes nothing.
 * Refused   the test: the one that was woken has not looked yet when the second paper comes. Two wait, two papers are there, and one
 *           sleeps until somebody hands in a third.
 * test      fails lets_the_others_go_on
 */
#include "exam.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct exam {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int papers[EXAM_ROOM], first, count;
	bool ended;
};

struct marker {
	struct exam *exam;
	bool stopped; /* guarded by the exam's lock */
};

struct exam *exam_new(void)
{
	struct exam *exam = calloc(1, sizeof *exam);

	HAVE(exam);
	CHECK(pthread_mutex_init(&exam->lock, NULL));
	CHECK(pthread_cond_init(&exam->changed, NULL));
	return exam;
}

void exam_free(struct exam *exam)
{
	CHECK(pthread_cond_destroy(&exam->changed));
	CHECK(pthread_mutex_destroy(&exam->lock));
	free(exam);
}

bool exam_hand_in(struct exam *exam, int paper)
{
	CHECK(pthread_mutex_lock(&exam->lock));
	bool taken = !exam->ended;
	if (taken) {
		REQUIRE(exam->count < EXAM_ROOM);
		exam->papers[(exam->first + exam->count) % EXAM_ROOM] = paper;
		/* To all: a signal wakes one, and that may be one who has just been sent home. */
		if (exam->count++ == 0)
			CHECK(pthread_cond_signal(&exam->changed));
	}
	CHECK(pthread_mutex_unlock(&exam->lock));
	return taken;
}

void exam_end(struct exam *exam)
{
	CHECK(pthread_mutex_lock(&exam->lock));
	exam->ended = true;
	CHECK(pthread_cond_broadcast(&exam->changed));
	CHECK(pthread_mutex_unlock(&exam->lock));
}

struct marker *marker_new(struct exam *exam)
{
	struct marker *marker = malloc(sizeof *marker);

	HAVE(marker);
	*marker = (struct marker){.exam = exam};
	return marker;
}

/* There is nothing to take back: a marker owns its own end, and no paper. */
void marker_free(struct marker *marker)
{
	free(marker);
}

enum next marker_next(struct marker *marker, int *paper)
{
	struct exam *exam = marker->exam;
	enum next next = NEXT_NO_MORE;

	CHECK(pthread_mutex_lock(&exam->lock));
	while (!marker->stopped && exam->count == 0 && !exam->ended)
		CHECK(pthread_cond_wait(&exam->changed, &exam->lock));
	/* Its own end comes first: the papers are for those who stay. */
	if (marker->stopped) {
		next = NEXT_STOPPED;
	} else if (exam->count > 0) {
		next = NEXT_PAPER;
		*paper = exam->papers[exam->first];
		exam->first = (exam->first + 1) % EXAM_ROOM;
		exam->count--;
	}
	CHECK(pthread_mutex_unlock(&exam->lock));
	return next;
}

void marker_stop(struct marker *marker)
{
	struct exam *exam = marker->exam;

	CHECK(pthread_mutex_lock(&exam->lock));
	marker->stopped = true;
	CHECK(pthread_cond_broadcast(&exam->changed));
	CHECK(pthread_mutex_unlock(&exam->lock));
}

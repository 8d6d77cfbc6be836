/*
 * Each marker has a lock and a condition of her own to wait with. She looks at the
 * exam under its lock, gives it back, and waits; whatever changes wakes up all.
 *
 * Tempting  every access has its lock, and who waits does not hold the exam's, not even in name.
 * Refused   the tests: a paper that comes after the look and before the wait wakes up nobody, nor does the office or the
 *           end. A wake-up is not kept for one that comes later; the look and the wait belong under one lock.
 * test      fails sends_home_who_waits, leaves_the_papers
 */
#include "exam.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct exam {
	pthread_mutex_t lock;
	/* all below guarded by lock */
	int papers[EXAM_ROOM], first, count;
	bool ended;
	struct marker *all;
};

struct marker {
	struct exam *exam;
	bool stopped; /* guarded by the exam's lock */
	pthread_mutex_t own;
	pthread_cond_t called;
	struct marker *other;
};

static void call_all(struct exam *exam)
{
	for (struct marker *m = exam->all; m; m = m->other) {
		CHECK(pthread_mutex_lock(&m->own));
		CHECK(pthread_cond_signal(&m->called));
		CHECK(pthread_mutex_unlock(&m->own));
	}
}

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
	CHECK(pthread_mutex_lock(&exam->lock));
	bool taken = !exam->ended;
	if (taken) {
		REQUIRE(exam->count < EXAM_ROOM);
		exam->papers[(exam->first + exam->count++) % EXAM_ROOM] = paper;
		/* To all: a signal wakes one, and that may be one who has just been sent home. */
		call_all(exam);
	}
	CHECK(pthread_mutex_unlock(&exam->lock));
	return taken;
}

void exam_end(struct exam *exam)
{
	CHECK(pthread_mutex_lock(&exam->lock));
	exam->ended = true;
	call_all(exam);
	CHECK(pthread_mutex_unlock(&exam->lock));
}

struct marker *marker_new(struct exam *exam)
{
	struct marker *marker = malloc(sizeof *marker);

	HAVE(marker);
	*marker = (struct marker){.exam = exam};
	CHECK(pthread_mutex_init(&marker->own, NULL));
	CHECK(pthread_cond_init(&marker->called, NULL));
	CHECK(pthread_mutex_lock(&exam->lock));
	marker->other = exam->all;
	exam->all = marker;
	CHECK(pthread_mutex_unlock(&exam->lock));
	return marker;
}

/* There is nothing to take back: a marker owns its own end, and no paper. */
void marker_free(struct marker *marker)
{
	struct marker **place = &marker->exam->all;

	CHECK(pthread_mutex_lock(&marker->exam->lock));
	while (*place != marker)
		place = &(*place)->other;
	*place = marker->other;
	CHECK(pthread_mutex_unlock(&marker->exam->lock));
	CHECK(pthread_cond_destroy(&marker->called));
	CHECK(pthread_mutex_destroy(&marker->own));
	free(marker);
}

enum next marker_next(struct marker *marker, int *paper)
{
	struct exam *exam = marker->exam;
	enum next next = NEXT_NO_MORE;

	CHECK(pthread_mutex_lock(&exam->lock));
	while (!marker->stopped && exam->count == 0 && !exam->ended) {
		CHECK(pthread_mutex_unlock(&exam->lock));
		CHECK(pthread_mutex_lock(&marker->own));
		CHECK(pthread_cond_wait(&marker->called, &marker->own));
		CHECK(pthread_mutex_unlock(&marker->own));
		CHECK(pthread_mutex_lock(&exam->lock));
	}
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
	call_all(exam);
	CHECK(pthread_mutex_unlock(&exam->lock));
}

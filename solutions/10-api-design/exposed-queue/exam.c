/*
 * A queue with one close has one end that all share. Here are two ends, so there
 * are two words for them: the exam's, which the desk says, and each marker's
 * own. No function of a marker can reach the first.
 *
 * Both are guarded by the lock that guards the papers, and a marker waits for
 * all three with one condition: a paper, its own end, the end of the exam.
 *
 * Promise   who stops a marker stops this one; the exam ends when the desk says so.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when joined == started
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
		exam->papers[(exam->first + exam->count++) % EXAM_ROOM] = paper;
		/* To all: a signal wakes one, and that may be one who has just been sent home. */
		CHECK(pthread_cond_broadcast(&exam->changed));
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

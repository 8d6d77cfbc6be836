/*
 * Each marker has a flag of her own, under the lock. marker_stop() wakes up all
 * who wait, and then sets it.
 *
 * Tempting  both stand under the lock, there is no race, and when she has rubbed her eyes the flag is up.
 * Refused   the tests: a marker that is quick looks between the two, finds nothing, and waits on. What a wake-up is for has to be there
 *           before it.
 * test      fails sends_home_who_waits, lets_the_others_go_on
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
	CHECK(pthread_cond_broadcast(&exam->changed));
	CHECK(pthread_mutex_unlock(&exam->lock));
	CHECK(pthread_mutex_lock(&exam->lock));
	marker->stopped = true;
	CHECK(pthread_mutex_unlock(&exam->lock));
}

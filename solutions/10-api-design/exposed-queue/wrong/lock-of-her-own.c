/*
 * Each marker has a flag of her own, and a lock for it. The flag is set under that
 * lock, and then all are woken up.
 *
 * Tempting  every access has its lock, the office never waits for the desk, and the tests pass.
 * Refused   by Helgrind and DRD: she looks at the flag, and then begins to wait, and in between she holds the exam's lock. The
 *           office does not need that one: it sets the flag and wakes everybody between the two, and she sleeps on. What a
 *           wait is for must change under the lock that the wait gives back.
 * test      passes
 * helgrind  fires Dubious in marker_stop
 * drd       fires CondRaceErr in marker_stop
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
	pthread_mutex_t lock;
	bool stopped; /* guarded by lock */
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
	CHECK(pthread_mutex_init(&marker->lock, NULL));
	return marker;
}

void marker_free(struct marker *marker)
{
	CHECK(pthread_mutex_destroy(&marker->lock));
	free(marker);
}

static bool is_stopped(struct marker *marker)
{
	CHECK(pthread_mutex_lock(&marker->lock));
	bool stopped = marker->stopped;
	CHECK(pthread_mutex_unlock(&marker->lock));
	return stopped;
}

enum next marker_next(struct marker *marker, int *paper)
{
	struct exam *exam = marker->exam;
	enum next next = NEXT_NO_MORE;

	CHECK(pthread_mutex_lock(&exam->lock));
	while (!is_stopped(marker) && exam->count == 0 && !exam->ended)
		CHECK(pthread_cond_wait(&exam->changed, &exam->lock));
	if (is_stopped(marker)) {
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

	CHECK(pthread_mutex_lock(&marker->lock));
	marker->stopped = true;
	CHECK(pthread_mutex_unlock(&marker->lock));
	CHECK(pthread_cond_broadcast(&exam->changed));
}

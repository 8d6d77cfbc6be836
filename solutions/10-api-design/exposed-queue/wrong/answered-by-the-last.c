/*
 * Markers who wait stand in a line, each with a condition of its own and a place
 * for her answer. The desk or the office writes it there, and wakes her.
 *
 * Tempting  who wakes her knows best what for, and she need not look at anything else.
 * Refused   the test: the office writes that she is sent home, and before she looks up the desk writes that there are no
 *           more. An answer that was given is not to be written over.
 * test      fails sends_home_who_waits
 */
#include "exam.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct exam {
	pthread_mutex_t lock;
	/* all below guarded by lock */
	int papers[EXAM_ROOM], first, count; /* none while somebody stands in the line */
	struct marker *line;
	bool ended;
};

struct marker {
	struct exam *exam;
	pthread_cond_t served;
	/* all below guarded by the exam's lock */
	struct marker *behind;
	bool waits; /* stands in the line */
	bool stopped, answered;
	enum next answer;
	int paper;
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

/* Needs the lock held. */
static void leave_line(struct marker *marker)
{
	struct marker **place = &marker->exam->line;

	while (*place != marker)
		place = &(*place)->behind;
	*place = marker->behind;
	marker->waits = false;
}

static void answer(struct marker *marker, enum next answer)
{
	marker->answer = answer;
	marker->answered = true;
	CHECK(pthread_cond_signal(&marker->served));
}

bool exam_hand_in(struct exam *exam, int paper)
{
	CHECK(pthread_mutex_lock(&exam->lock));
	bool taken = !exam->ended;
	if (taken && exam->line) {
		struct marker *first = exam->line;
		leave_line(first);
		first->paper = paper;
		answer(first, NEXT_PAPER);
	} else if (taken) {
		REQUIRE(exam->count < EXAM_ROOM);
		exam->papers[(exam->first + exam->count++) % EXAM_ROOM] = paper;
	}
	CHECK(pthread_mutex_unlock(&exam->lock));
	return taken;
}

void exam_end(struct exam *exam)
{
	CHECK(pthread_mutex_lock(&exam->lock));
	exam->ended = true;
	for (struct marker *m = exam->line; m; m = m->behind)
		answer(m, NEXT_NO_MORE);
	CHECK(pthread_mutex_unlock(&exam->lock));
}

struct marker *marker_new(struct exam *exam)
{
	struct marker *marker = calloc(1, sizeof *marker);

	HAVE(marker);
	marker->exam = exam;
	CHECK(pthread_cond_init(&marker->served, NULL));
	return marker;
}

void marker_free(struct marker *marker)
{
	CHECK(pthread_cond_destroy(&marker->served));
	free(marker);
}

/* Needs the lock held. Stands at the end of the line until called. */
static void stand_in_line(struct marker *marker)
{
	struct marker **end = &marker->exam->line;

	while (*end)
		end = &(*end)->behind;
	*end = marker;
	marker->behind = NULL;
	marker->waits = true;
	marker->answered = false;
	while (!marker->answered)
		CHECK(pthread_cond_wait(&marker->served, &marker->exam->lock));
	if (marker->waits)
		leave_line(marker);
}

enum next marker_next(struct marker *marker, int *paper)
{
	struct exam *exam = marker->exam;
	enum next next = NEXT_NO_MORE;

	CHECK(pthread_mutex_lock(&exam->lock));
	if (!marker->stopped && exam->count == 0 && !exam->ended) {
		stand_in_line(marker);
		next = marker->answer;
		if (next == NEXT_PAPER)
			*paper = marker->paper;
	} else if (marker->stopped) {
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
	if (marker->waits)
		answer(marker, NEXT_STOPPED);
	CHECK(pthread_mutex_unlock(&exam->lock));
}

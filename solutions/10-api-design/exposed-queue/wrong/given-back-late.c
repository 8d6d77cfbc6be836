/*
 * Markers who wait stand in a line, each with a condition of its own, and the desk
 * gives a paper to the first one. A marker that looks up and was sent home gives hers
 * back: to the next in the line, or to the front of the papers.
 *
 * Tempting  NEXT_STOPPED comes first, no paper is lost, and the order is kept.
 * Refused   the test: until she looks up the paper is nowhere. Another one asks meanwhile, the exam has ended, and he is told
 *           that every paper has been handed out. What stops her has to take it back, under the same lock.
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
	bool stopped, has_paper;
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

/* Needs the lock held. Takes this one out of the line, and wakes it up. */
static void call(struct marker *marker)
{
	struct marker **place = &marker->exam->line;

	while (*place != marker)
		place = &(*place)->behind;
	*place = marker->behind;
	marker->waits = false;
	CHECK(pthread_cond_signal(&marker->served));
}

bool exam_hand_in(struct exam *exam, int paper)
{
	CHECK(pthread_mutex_lock(&exam->lock));
	bool taken = !exam->ended;
	if (taken && exam->line) {
		exam->line->has_paper = true;
		exam->line->paper = paper;
		call(exam->line);
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
	while (exam->line)
		call(exam->line);
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
	while (marker->waits)
		CHECK(pthread_cond_wait(&marker->served, &marker->exam->lock));
}

enum next marker_next(struct marker *marker, int *paper)
{
	struct exam *exam = marker->exam;
	enum next next = NEXT_NO_MORE;

	CHECK(pthread_mutex_lock(&exam->lock));
	if (!marker->stopped && exam->count == 0 && !exam->ended)
		stand_in_line(marker);
	if (marker->stopped && marker->has_paper) {
		marker->has_paper = false;
		next = NEXT_STOPPED;
		if (exam->line) {
			exam->line->has_paper = true;
			exam->line->paper = marker->paper;
			call(exam->line);
		} else {
			exam->first = (exam->first + EXAM_ROOM - 1) % EXAM_ROOM;
			exam->papers[exam->first] = marker->paper;
			exam->count++;
		}
	} else if (marker->has_paper) {
		/* Given before a stop, if there was one: nobody else has it, so it is marked. */
		next = NEXT_PAPER;
		*paper = marker->paper;
		marker->has_paper = false;
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
		call(marker);
	CHECK(pthread_mutex_unlock(&exam->lock));
}

/*
 * Markers who wait stand in a line, each with a condition of its own, and the desk
 * gives a paper to the first one. The line and its lock belong to the file.
 *
 * Tempting  there is one desk and one line before it, and a marker does not care in which exam she waits.
 * Refused   the test: there are two exams at a time. The papers of one are given to those who wait in the other, and when one
 *           ends all go home.
 * test      fails lets_the_others_go_on
 */
#include "exam.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct exam {
	/* all guarded by the lock */
	int papers[EXAM_ROOM], first, count;
	bool ended;
};

struct marker {
	struct exam *exam;
	pthread_cond_t served;
	/* all below guarded by lock */
	struct marker *behind;
	bool waits; /* stands in the line */
	bool stopped, has_paper;
	int paper;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct marker *line; /* those who wait, the first before the others; guarded by lock */

struct exam *exam_new(void)
{
	struct exam *exam = calloc(1, sizeof *exam);

	HAVE(exam);
	return exam;
}

void exam_free(struct exam *exam)
{
	free(exam);
}

/* Needs the lock held. Takes this one out of the line, and wakes it up. */
static void call(struct marker *marker)
{
	struct marker **place = &line;

	while (*place != marker)
		place = &(*place)->behind;
	*place = marker->behind;
	marker->waits = false;
	CHECK(pthread_cond_signal(&marker->served));
}

bool exam_hand_in(struct exam *exam, int paper)
{
	CHECK(pthread_mutex_lock(&lock));
	bool taken = !exam->ended;
	if (taken && line) {
		line->has_paper = true;
		line->paper = paper;
		call(line);
	} else if (taken) {
		REQUIRE(exam->count < EXAM_ROOM);
		exam->papers[(exam->first + exam->count++) % EXAM_ROOM] = paper;
	}
	CHECK(pthread_mutex_unlock(&lock));
	return taken;
}

void exam_end(struct exam *exam)
{
	CHECK(pthread_mutex_lock(&lock));
	exam->ended = true;
	while (line)
		call(line);
	CHECK(pthread_mutex_unlock(&lock));
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
	struct marker **end = &line;

	while (*end)
		end = &(*end)->behind;
	*end = marker;
	marker->behind = NULL;
	marker->waits = true;
	while (marker->waits)
		CHECK(pthread_cond_wait(&marker->served, &lock));
}

enum next marker_next(struct marker *marker, int *paper)
{
	struct exam *exam = marker->exam;
	enum next next = NEXT_NO_MORE;

	CHECK(pthread_mutex_lock(&lock));
	if (!marker->stopped && exam->count == 0 && !exam->ended)
		stand_in_line(marker);
	if (marker->has_paper) {
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
	CHECK(pthread_mutex_unlock(&lock));
	return next;
}

void marker_stop(struct marker *marker)
{
	CHECK(pthread_mutex_lock(&lock));
	marker->stopped = true;
	if (marker->waits)
		call(marker);
	CHECK(pthread_mutex_unlock(&lock));
}

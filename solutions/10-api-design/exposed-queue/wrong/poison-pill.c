/*
 * marker_stop() does not close the queue: it puts a slip into it that says "go
 * home". The marker that takes the slip goes.
 *
 * Tempting  the queue stays open, the slip wakes up a marker that waits, and with one marker it works.
 * Refused   by the tests: a slip in a queue that all share has no address. Another one takes it and goes home; and it
 *           lies behind all the papers that wait.
 * test      fails sends_home_who_waits, lets_the_others_go_on, leaves_the_papers
 */
#include "exam.h"

#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

enum { GO_HOME = -1 };

struct exam {
	struct queue papers; /* each item is the number itself, as a pointer that nobody follows */
};

struct marker {
	struct queue *papers;
};

struct exam *exam_new(void)
{
	struct exam *exam = malloc(sizeof *exam);

	HAVE(exam);
	queue_init(&exam->papers, EXAM_ROOM);
	return exam;
}

void exam_free(struct exam *exam)
{
	queue_destroy(&exam->papers);
	free(exam);
}

bool exam_hand_in(struct exam *exam, int paper)
{
	return queue_put(&exam->papers, (void *)(intptr_t)paper);
}

void exam_end(struct exam *exam)
{
	queue_close(&exam->papers);
}

struct marker *marker_new(struct exam *exam)
{
	struct marker *marker = malloc(sizeof *marker);

	HAVE(marker);
	*marker = (struct marker){.papers = &exam->papers};
	return marker;
}

void marker_free(struct marker *marker)
{
	free(marker);
}

enum next marker_next(struct marker *marker, int *paper)
{
	void *item;

	if (!queue_take(marker->papers, &item))
		return NEXT_NO_MORE;
	if ((intptr_t)item == GO_HOME)
		return NEXT_STOPPED;
	*paper = (int)(intptr_t)item;
	return NEXT_PAPER;
}

void marker_stop(struct marker *marker)
{
	(void)queue_put(marker->papers, (void *)(intptr_t)GO_HOME);
}

/*
 * Yours to fix. The markers used to be handed the queue of papers itself. It
 * has been hidden behind a type since, but behind that type it is still one for
 * them all.
 *
 * Promise   who stops a marker stops this one; the exam ends when the desk says so.
 * test      fails sends_home_who_waits, lets_the_others_go_on, leaves_the_papers
 * tsan      fires data-race in desk_hand_in
 * helgrind  fires Race in desk_hand_in
 */
#include "exam.h"

#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

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
	*paper = (int)(intptr_t)item;
	return NEXT_PAPER;
}

void marker_stop(struct marker *marker)
{
	queue_close(marker->papers); /* it may be waiting there, and wakes up */
}

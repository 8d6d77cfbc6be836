/*
 * The papers keep their queue, and each marker has a stop token. She asks the token
 * first, and then waits for a paper for ten milliseconds at a time.
 *
 * Tempting  no lock of one's own, no wake-up that could be lost, and nobody waits for longer than a moment.
 * Refused   the test: she has asked, she waits, and is sent home. The paper that comes then is hers, since after the wait
 *           she does not ask again; and to ask again would not do, for she has it.
 * test      fails sends_home_who_waits
 */
#include "exam.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/queue.h"
#include "kit/stop.h"

struct exam {
	struct queue papers; /* each item is the number itself, as a pointer that nobody follows */
};

struct marker {
	struct queue *papers;
	struct stop stop;
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
	stop_init(&marker->stop);
	return marker;
}

void marker_free(struct marker *marker)
{
	stop_destroy(&marker->stop);
	free(marker);
}

enum next marker_next(struct marker *marker, int *paper)
{
	void *item;

	for (;;) {
		if (stop_requested(&marker->stop))
			return NEXT_STOPPED;
		struct timespec end = deadline_in(10);
		enum queue_result result = queue_take_until(marker->papers, &item, &end);
		if (result == QUEUE_DONE)
			break;
		if (result == QUEUE_CLOSED)
			return stop_requested(&marker->stop) ? NEXT_STOPPED : NEXT_NO_MORE;
	}
	*paper = (int)(intptr_t)item;
	return NEXT_PAPER;
}

void marker_stop(struct marker *marker)
{
	stop_request(&marker->stop);
}

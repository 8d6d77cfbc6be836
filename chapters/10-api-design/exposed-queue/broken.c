/*
 * The finish of a marathon. A mat sees who crosses the line; two helpers wait for
 * the runners and hang a medal on each. The finish hands out its queue to both.
 * Ann has two medals. When they are gone she has had enough, and closes it.
 *
 * Promise   everyone that crosses the line is in the results.
 * Ends      broken: crossed the line 6, in the results 2, too late 4
 * tsan      fires  data-race in cross
 * helgrind  fires  Race in cross
 * drd       fires  ConflictingAccess in cross
 * memcheck  blind  a queue that is closed is alive and in order, and so is the number that is read too early
 * budget    fires  crossed in main when crossed == listed, joined == started
 */
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/queue.h"
#include "kit/schedule.h"

enum { RUNNERS = 6, ROOM = 8, ANNS_MEDALS = 2 };
enum { ANN_HAS_LEFT };

struct finish {
	struct queue runners;
	long crossed, late; /* of the mat; after the close, of a thread that has been told of it */
	long listed;	    /* of Ben, who makes the results */
};

static int bibs[RUNNERS] = {31, 7, 12, 204, 98, 55};

static void cross(struct finish *finish, int *bib)
{
	gauge_set("crossed", ++finish->crossed);
	if (!queue_put(&finish->runners, bib))
		finish->late++; /* the finish has been closed */
}

static void *mat(void *arg)
{
	struct finish *finish = arg;

	for (int i = 0; i < RUNNERS; i++) {
		if (i == ANNS_MEDALS)
			schedule_await_blocked(); /* a minute without a runner */
		cross(finish, &bibs[i]);
	}
	queue_close(&finish->runners);
	return NULL;
}

/* For the helpers, who wait there for the next runner. */
static struct queue *finish_runners(struct finish *finish)
{
	return &finish->runners;
}

static void *ann(void *arg)
{
	struct finish *finish = arg;
	struct queue *runners = finish_runners(finish);
	void *bib;

	for (int medals = ANNS_MEDALS; medals > 0; medals--)
		REQUIRE(queue_take(runners, &bib));
	/* She means that she takes no more. What all threads are told is that there are no more. */
	queue_close(runners);
	schedule_reached(ANN_HAS_LEFT);
	return NULL;
}

static void *ben(void *arg)
{
	struct finish *finish = arg;
	struct queue *runners = finish_runners(finish);
	void *bib;

	schedule_await(ANN_HAS_LEFT);
	while (queue_take(runners, &bib))
		; /* a medal; Ben has plenty */
	finish->listed = finish->crossed;
	gauge_set("listed", finish->listed);
	return NULL;
}

int main(void)
{
	static struct finish finish;
	void *(*const duties[])(void *) = {mat, ann, ben};
	enum { DUTIES = sizeof duties / sizeof *duties };
	pthread_t threads[DUTIES];

	queue_init(&finish.runners, ROOM);
	for (int i = 0; i < DUTIES; i++)
		NEED(pthread_create(&threads[i], NULL, duties[i], &finish));
	for (int i = 0; i < DUTIES; i++)
		CHECK(pthread_join(threads[i], NULL));
	queue_destroy(&finish.runners);
	return invariant(finish.listed == finish.crossed, "crossed the line %ld, in the results %ld, too late %ld",
			 finish.crossed, finish.listed, finish.late);
}

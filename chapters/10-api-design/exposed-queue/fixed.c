/*
 * The finish of a marathon. A mat sees who crosses the line; two helpers wait for
 * the runners and hang a medal on each. The finish keeps its queue to itself,
 * and hands out one runner at a time. Ann has two medals; then she goes home.
 *
 * Promise   everyone that crosses the line is in the results.
 * Ends      holds: crossed the line 6, in the results 6, too late 0
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when crossed == listed, joined == started
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

enum next { NEXT_RUNNER, NEXT_NO_MORE };

/* For the helpers. After NEXT_NO_MORE the mat has ended, and what it has counted may be read without a lock. */
static enum next finish_next(struct finish *finish, int **bib)
{
	void *item;

	if (!queue_take(&finish->runners, &item))
		return NEXT_NO_MORE;
	*bib = item;
	return NEXT_RUNNER;
}

static void *ann(void *arg)
{
	struct finish *finish = arg;
	int *bib;

	for (int medals = ANNS_MEDALS; medals > 0; medals--)
		REQUIRE(finish_next(finish, &bib) == NEXT_RUNNER);
	schedule_reached(ANN_HAS_LEFT);
	return NULL;
}

static void *ben(void *arg)
{
	struct finish *finish = arg;
	int *bib;

	schedule_await(ANN_HAS_LEFT);
	while (finish_next(finish, &bib) == NEXT_RUNNER)
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

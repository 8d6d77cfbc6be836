/*
 * A newspaper sets its stories in a pool of two threads, and the editor closes
 * it at the deadline. A reporter has one more story, and no way to hear of that.
 *
 * Promise   a story that was accepted is in the paper; one that was not is the reporter's, and he is told.
 * Ends      broken: stories 2, set 1, given back 0
 * tsan      fires  heap-use-after-free in pool_submit
 * helgrind  blind  what comes before the free() is in order, and of freed memory it keeps no history
 * drd       fires  ConflictingAccess in pool_submit, CondErr in pool_submit
 * memcheck  fires  InvalidRead in pool_submit, InvalidWrite in pool_submit
 * budget    fires  accepted in main when accepted == set, joined == started
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { SETTERS = 2, STORIES = 2 /* of the reporter */ };
enum { POOL_CLOSED };
static bool in_the_paper[STORIES]; /* the setters' until they have been joined, then main()'s */

struct pool {
	pthread_t setters[SETTERS];
	int started; /* setters; of pool_open(), then of pool_close() */
	pthread_cond_t changed;
	pthread_mutex_t lock;
	int stories[STORIES], accepted, set, closed; /* guarded by lock */
};

static void *set_stories(void *arg)
{
	struct pool *pool = arg;

	CHECK(pthread_mutex_lock(&pool->lock));
	while (pool->set < pool->accepted || !pool->closed)
		if (pool->set < pool->accepted) {
			in_the_paper[pool->stories[pool->set++]] = true;
			gauge_set("set", pool->set);
		} else {
			CHECK(pthread_cond_wait(&pool->changed, &pool->lock));
		}
	CHECK(pthread_mutex_unlock(&pool->lock));
	return NULL;
}

/* Hands in a story. */
static void pool_submit(struct pool *pool, int story)
{
	/* Nothing asks whether the pool is open, and nothing could say whether it is still there: the lock is in it. */
	CHECK(pthread_mutex_lock(&pool->lock));
	pool->stories[pool->accepted++] = story;
	gauge_set("accepted", pool->accepted);
	CHECK(pthread_cond_signal(&pool->changed));
	CHECK(pthread_mutex_unlock(&pool->lock));
}

/* Ends the threads when everything that was accepted has been set, and frees the pool. */
static void pool_close(struct pool *pool)
{
	CHECK(pthread_mutex_lock(&pool->lock));
	pool->closed = true;
	CHECK(pthread_cond_broadcast(&pool->changed));
	CHECK(pthread_mutex_unlock(&pool->lock));
	for (int i = 0; i < pool->started; i++)
		CHECK(pthread_join(pool->setters[i], NULL));
	free(pool);
}

/* Opens a pool. Pair it with pool_close(). NULL with errno: half a pool is closed again. */
static struct pool *pool_open(void)
{
	struct pool *pool = calloc(1, sizeof *pool);
	int error = 0;

	if (!pool)
		return NULL;
	CHECK(pthread_cond_init(&pool->changed, NULL));
	CHECK(pthread_mutex_init(&pool->lock, NULL));
	while (!error && pool->started < SETTERS)
		if (!(error = pthread_create(&pool->setters[pool->started], NULL, set_stories, pool)))
			pool->started++;
	if (!error)
		return pool;
	pool_close(pool);
	errno = error;
	return NULL;
}

static void *edit(void *pool)
{
	pool_close(pool);
	schedule_reached(POOL_CLOSED);
	return NULL;
}

int main(void)
{
	struct pool *pool = pool_open();
	int given_back = 0; /* as far as the reporter is told */
	pthread_t editor;

	HAVE(pool);
	pool_submit(pool, 0);
	NEED(pthread_create(&editor, NULL, edit, pool));
	schedule_await(POOL_CLOSED); /* the match has gone into extra time */
	pool_submit(pool, 1);
	CHECK(pthread_join(editor, NULL));
	int set = in_the_paper[0] + in_the_paper[1];
	return invariant(set + given_back == STORIES, "stories %d, set %d, given back %d", STORIES, set, given_back);
}

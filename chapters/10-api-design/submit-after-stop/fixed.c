/*
 * A newspaper sets its stories in a pool of two threads, and the editor closes
 * it at the deadline. A reporter who has one more still holds it, and is told.
 *
 * Promise   a story that was accepted is in the paper; one that was not is the reporter's, and he is told.
 * Ends      holds: stories 2, set 1, given back 1
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when accepted == set, joined == started
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { SETTERS = 2, STORIES = 2 /* of the reporter */, HOLDERS = 2 /* the editor and the reporter */ };
enum { POOL_CLOSED };
enum answer { ACCEPTED, TOO_LATE, NO_ROOM };
static bool in_the_paper[STORIES]; /* the setters' until they have been joined, then main()'s */

struct pool {
	pthread_t setters[SETTERS];
	int started; /* setters; of pool_open(), then of pool_close() */
	pthread_cond_t changed;
	pthread_mutex_t lock;
	int stories[STORIES], accepted, set, closed, holders; /* guarded by lock */
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

/* Hands in a story. For a holder, at any time. Unless it is accepted, the story stays the caller's. */
__attribute__((warn_unused_result)) static enum answer pool_submit(struct pool *pool, int story)
{
	CHECK(pthread_mutex_lock(&pool->lock));
	enum answer answer = pool->closed ? TOO_LATE : pool->accepted == STORIES ? NO_ROOM : ACCEPTED;
	if (answer == ACCEPTED) {
		pool->stories[pool->accepted++] = story;
		gauge_set("accepted", pool->accepted);
		CHECK(pthread_cond_signal(&pool->changed));
	}
	CHECK(pthread_mutex_unlock(&pool->lock));
	return answer;
}

/* Ends the threads when everything that was accepted has been set. For a holder, once. */
static void pool_close(struct pool *pool)
{
	CHECK(pthread_mutex_lock(&pool->lock));
	pool->closed = true;
	CHECK(pthread_cond_broadcast(&pool->changed));
	CHECK(pthread_mutex_unlock(&pool->lock));
	for (int i = 0; i < pool->started; i++)
		CHECK(pthread_join(pool->setters[i], NULL));
}

static void pool_free(struct pool *pool)
{
	CHECK(pthread_cond_destroy(&pool->changed));
	CHECK(pthread_mutex_destroy(&pool->lock));
	free(pool);
}

/* The pool belongs to those who hold it, and the last one frees it. */
static void pool_release(struct pool *pool)
{
	CHECK(pthread_mutex_lock(&pool->lock));
	bool last = --pool->holders == 0;
	CHECK(pthread_mutex_unlock(&pool->lock));
	if (last)
		pool_free(pool);
}

/* Opens a pool for HOLDERS, each of whom ends with pool_release(). NULL with errno: half a pool is closed again. */
static struct pool *pool_open(void)
{
	struct pool *pool = calloc(1, sizeof *pool);
	int error = 0;

	if (!pool)
		return NULL;
	CHECK(pthread_cond_init(&pool->changed, NULL));
	CHECK(pthread_mutex_init(&pool->lock, NULL));
	pool->holders = HOLDERS;
	while (!error && pool->started < SETTERS)
		if (!(error = pthread_create(&pool->setters[pool->started], NULL, set_stories, pool)))
			pool->started++;
	if (!error)
		return pool;
	pool_close(pool);
	pool_free(pool);
	errno = error;
	return NULL;
}

static void *edit(void *pool)
{
	pool_close(pool);
	pool_release(pool);
	schedule_reached(POOL_CLOSED);
	return NULL;
}

int main(void)
{
	struct pool *pool = pool_open();
	HAVE(pool);
	int given_back = pool_submit(pool, 0) != ACCEPTED;
	pthread_t editor;

	NEED(pthread_create(&editor, NULL, edit, pool));
	schedule_await(POOL_CLOSED); /* the match has gone into extra time */
	given_back += pool_submit(pool, 1) != ACCEPTED;
	CHECK(pthread_join(editor, NULL));
	pool_release(pool);
	int set = in_the_paper[0] + in_the_paper[1];
	return invariant(set + given_back == STORIES, "stories %d, set %d, given back %d", STORIES, set, given_back);
}

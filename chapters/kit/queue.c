#include "queue.h"

#include <stdlib.h>

#include "check.h"
#include "deadline.h"

void queue_init(struct queue *queue, size_t capacity)
{
	REQUIRE(capacity > 0);
	CHECK(pthread_mutex_init(&queue->lock, NULL));
	deadline_cond_init(&queue->not_empty);
	deadline_cond_init(&queue->not_full);
	queue->slots = calloc(capacity, sizeof *queue->slots);
	HAVE(queue->slots);
	queue->capacity = capacity;
	queue->first = queue->count = 0;
	queue->closed = false;
}

void queue_destroy(struct queue *queue)
{
	free(queue->slots);
	CHECK(pthread_cond_destroy(&queue->not_full));
	CHECK(pthread_cond_destroy(&queue->not_empty));
	CHECK(pthread_mutex_destroy(&queue->lock));
}

/* Needs the lock held. Puts the item if it may, and tells whether it did. */
static bool put_locked(struct queue *queue, void *item)
{
	if (queue->closed || queue->count == queue->capacity)
		return false;
	queue->slots[(queue->first + queue->count++) % queue->capacity] = item;
	CHECK(pthread_cond_signal(&queue->not_empty));
	return true;
}

/* Needs the lock held. Takes an item if there is one, and tells whether it did. */
static bool take_locked(struct queue *queue, void **item)
{
	if (queue->count == 0)
		return false;
	*item = queue->slots[queue->first];
	queue->first = (queue->first + 1) % queue->capacity;
	queue->count--;
	CHECK(pthread_cond_signal(&queue->not_full));
	return true;
}

/* Needs the lock held. Waits for the condition; false when the time has come first. No time: it waits for ever. */
static bool wait_locked(struct queue *queue, pthread_cond_t *condition, const struct timespec *end)
{
	if (end)
		return deadline_cond_wait(condition, &queue->lock, end);
	CHECK(pthread_cond_wait(condition, &queue->lock));
	return true;
}

static enum queue_result put(struct queue *queue, void *item, const struct timespec *end)
{
	enum queue_result result = QUEUE_DONE;

	CHECK(pthread_mutex_lock(&queue->lock));
	while (!queue->closed && queue->count == queue->capacity && wait_locked(queue, &queue->not_full, end))
		;
	if (!put_locked(queue, item))
		result = queue->closed ? QUEUE_CLOSED : QUEUE_TOO_LATE;
	CHECK(pthread_mutex_unlock(&queue->lock));
	return result;
}

static enum queue_result take(struct queue *queue, void **item, const struct timespec *end)
{
	enum queue_result result = QUEUE_DONE;

	CHECK(pthread_mutex_lock(&queue->lock));
	while (!queue->closed && queue->count == 0 && wait_locked(queue, &queue->not_empty, end))
		;
	if (!take_locked(queue, item))
		result = queue->closed ? QUEUE_CLOSED : QUEUE_TOO_LATE;
	CHECK(pthread_mutex_unlock(&queue->lock));
	return result;
}

bool queue_put(struct queue *queue, void *item)
{
	return put(queue, item, NULL) == QUEUE_DONE;
}

enum queue_result queue_put_until(struct queue *queue, void *item, const struct timespec *end)
{
	return put(queue, item, end);
}

bool queue_offer(struct queue *queue, void *item)
{
	CHECK(pthread_mutex_lock(&queue->lock));
	bool done = put_locked(queue, item);
	CHECK(pthread_mutex_unlock(&queue->lock));
	return done;
}

bool queue_take(struct queue *queue, void **item)
{
	return take(queue, item, NULL) == QUEUE_DONE;
}

enum queue_result queue_take_until(struct queue *queue, void **item, const struct timespec *end)
{
	return take(queue, item, end);
}

bool queue_poll(struct queue *queue, void **item)
{
	CHECK(pthread_mutex_lock(&queue->lock));
	bool some = take_locked(queue, item);
	CHECK(pthread_mutex_unlock(&queue->lock));
	return some;
}

void queue_close(struct queue *queue)
{
	CHECK(pthread_mutex_lock(&queue->lock));
	queue->closed = true;
	CHECK(pthread_cond_broadcast(&queue->not_empty));
	CHECK(pthread_cond_broadcast(&queue->not_full));
	CHECK(pthread_mutex_unlock(&queue->lock));
}

size_t queue_count(struct queue *queue)
{
	CHECK(pthread_mutex_lock(&queue->lock));
	size_t count = queue->count;
	CHECK(pthread_mutex_unlock(&queue->lock));
	return count;
}

#include "queue.h"

#include <stdlib.h>

#include "check.h"

void queue_init(struct queue *queue, size_t capacity)
{
	CHECK(pthread_mutex_init(&queue->lock, NULL));
	CHECK(pthread_cond_init(&queue->not_empty, NULL));
	CHECK(pthread_cond_init(&queue->not_full, NULL));
	queue->slots = calloc(capacity, sizeof *queue->slots);
	REQUIRE(capacity > 0 && queue->slots);
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

bool queue_put(struct queue *queue, void *item)
{
	CHECK(pthread_mutex_lock(&queue->lock));
	while (!queue->closed && queue->count == queue->capacity)
		CHECK(pthread_cond_wait(&queue->not_full, &queue->lock));
	bool done = put_locked(queue, item);
	CHECK(pthread_mutex_unlock(&queue->lock));
	return done;
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
	CHECK(pthread_mutex_lock(&queue->lock));
	while (!queue->closed && queue->count == 0)
		CHECK(pthread_cond_wait(&queue->not_empty, &queue->lock));
	bool some = queue->count > 0;
	if (some) {
		*item = queue->slots[queue->first];
		queue->first = (queue->first + 1) % queue->capacity;
		queue->count--;
		CHECK(pthread_cond_signal(&queue->not_full));
	}
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

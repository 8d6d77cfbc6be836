/*
 * A bounded queue with close, in C what a buffered channel is in Go, except
 * that closing is safe from any side: who puts into a closed queue gets false,
 * never a crash, and what was put before is still handed out.
 *
 *     producer:  if (!queue_put(&q, job)) free(job);   // closed: still ours
 *     consumer:  while (queue_take(&q, &job)) work(job);
 *
 * Items are pointers that the queue never follows. A successful put hands the
 * item over; a successful take hands it on.
 */
#ifndef KIT_QUEUE_H
#define KIT_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_empty, not_full;
	/* all below guarded by lock */
	void **slots;
	size_t capacity, first, count;
	bool closed;
};

/* Room for `capacity` items, at least one. Pair it with queue_destroy(). */
void queue_init(struct queue *queue, size_t capacity);
/* No thread may use the queue any more. Items still in it are dropped, not freed. */
void queue_destroy(struct queue *queue);
/* Waits for room. False, and the item stays the caller's, if the queue is closed or gets closed meanwhile. */
bool queue_put(struct queue *queue, void *item);
/* As queue_put, but false at once when there is no room. */
bool queue_offer(struct queue *queue, void *item);
/* Waits for an item. False when the queue is closed and empty: there will be no more. */
bool queue_take(struct queue *queue, void **item);
/* No more puts; takes go on until it is empty. Closing twice does no harm. */
void queue_close(struct queue *queue);
size_t queue_count(struct queue *queue);

#endif

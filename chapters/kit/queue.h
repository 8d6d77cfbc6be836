/*
 * A bounded queue with close, in C what a buffered channel is in Go, except
 * that closing never crashes: a put into a closed queue returns false, and what
 * was put before is still handed out. Any side may close; where only the
 * producer does, no put is ever refused.
 *
 *     producer:  if (!queue_put(&q, job)) free(job);   // closed: still ours
 *     consumer:  while (queue_take(&q, &job)) work(job);
 *
 * Items are pointers that the queue never follows. A successful put hands the
 * item over; a successful take hands it on. The compiler warns of a result that
 * is not looked at: an item that was refused is still somebody's to free.
 *
 * queue_count() is about a moment that has passed when it returns. To take what
 * is there, and not wait, call queue_poll().
 */
#ifndef KIT_QUEUE_H
#define KIT_QUEUE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#define QUEUE_LOOK_AT_IT __attribute__((warn_unused_result))

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t not_empty, not_full;
	/* all below guarded by lock */
	void **slots;
	size_t capacity, first, count;
	bool closed;
};

enum queue_result { QUEUE_DONE, QUEUE_CLOSED, QUEUE_TOO_LATE };

/* Room for `capacity` items, at least one. Without memory for them it ends the process (HAVE). See queue_destroy(). */
void queue_init(struct queue *queue, size_t capacity);
/* No thread may use the queue any more. Items still in it are dropped, not freed. */
void queue_destroy(struct queue *queue);
/* Waits for room. False, and the item stays the caller's, if the queue is closed or gets closed meanwhile. */
QUEUE_LOOK_AT_IT bool queue_put(struct queue *queue, void *item);
/* As queue_put, but false at once when there is no room. */
QUEUE_LOOK_AT_IT bool queue_offer(struct queue *queue, void *item);
/* As queue_put, but until this point in time (see deadline.h); the item stays the caller's unless QUEUE_DONE. */
QUEUE_LOOK_AT_IT enum queue_result queue_put_until(struct queue *queue, void *item, const struct timespec *end);
/* Waits for an item. False when the queue is closed and empty: there will be no more. */
QUEUE_LOOK_AT_IT bool queue_take(struct queue *queue, void **item);
/* As queue_take, but false at once when there is none; whether there will be more it does not tell. */
QUEUE_LOOK_AT_IT bool queue_poll(struct queue *queue, void **item);
/* As queue_take, but until this point in time. QUEUE_CLOSED: there will be no more. */
QUEUE_LOOK_AT_IT enum queue_result queue_take_until(struct queue *queue, void **item, const struct timespec *end);
/* No more puts; takes go on until it is empty. Closing twice does no harm. */
void queue_close(struct queue *queue);
size_t queue_count(struct queue *queue);

#endif

/*
 * A stop token: one side asks, the other side notices, even in the middle of a
 * wait. It is the answer to "who signals the exit?" and C's nearest word for a
 * context that can be cancelled.
 *
 *     worker:  while (!stop_wait(&stop, 1000)) work();
 *     owner:   stop_request(&stop); pthread_join(worker, NULL);
 *
 * A request is for good. The token guards nothing but itself, and must outlive
 * every thread that looks at it: join them, then destroy it.
 */
#ifndef KIT_STOP_H
#define KIT_STOP_H

#include <pthread.h>
#include <stdbool.h>

struct stop {
	pthread_mutex_t lock;
	pthread_cond_t asked;
	bool requested; /* guarded by lock; never becomes false again */
};

void stop_init(struct stop *stop);
/* No thread may use the token any more. */
void stop_destroy(struct stop *stop);
/* Asks, and returns at once. Asking twice does no harm. */
void stop_request(struct stop *stop);
bool stop_requested(struct stop *stop);
/*
 * Waits until a stop is requested, at most `milliseconds` (measured on the
 * monotonic clock, so that a change of the wall clock does no harm). Returns
 * true if the stop was requested, false if the time passed.
 */
bool stop_wait(struct stop *stop, long milliseconds);

#endif

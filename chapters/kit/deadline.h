/*
 * A deadline is a point in time, not a length of time: a wait that is woken
 * early and starts again still ends when it should. All of these use the
 * monotonic clock; a condition must be told so when it is made.
 *
 *     struct timespec end = deadline_in(500);
 *     while (!done)
 *             if (!deadline_cond_wait(&changed, &lock, &end))
 *                     break;  // too late; `done` is still to be looked at
 */
#ifndef KIT_DEADLINE_H
#define KIT_DEADLINE_H

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

/* The moment that many milliseconds from now; a negative number means now. */
struct timespec deadline_in(long milliseconds);
/* Makes a condition that waits by the monotonic clock. Pair it with pthread_cond_destroy(). */
void deadline_cond_init(pthread_cond_t *condition);
/* Waits for a signal, with `lock` held, until `end`. False when the time has come first. */
bool deadline_cond_wait(pthread_cond_t *condition, pthread_mutex_t *lock, const struct timespec *end);

#endif

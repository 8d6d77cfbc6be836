/*
 * The crew of a ferry: hands, each a thread, that wait for orders.
 *
 *     struct crew *crew;
 *     int error = crew_start(&crew, 8, haul, &ferry, pthread_create);
 *     if (error)
 *             return stay_in_port(error);      // there is no crew, and nothing left of one
 *     crew_order(crew);
 *     crew_stop(crew);
 *
 * Any number of crews may be at work in a process. They know nothing of each other.
 */
#ifndef CREW_H
#define CREW_H

#include <pthread.h>

struct crew;

/* What one hand does for one order. */
typedef void crew_haul(void *ferry);

/* Starts a thread: pthread_create(), or what a test has in its place. Returns 0 or an error number, and leaves errno alone. */
typedef int crew_hire(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *), void *arg);

/*
 * Starts a crew of `size` hands, at least one. Each is hired by one call of hire(),
 * and any of them may be refused.
 *
 * Returns 0, and *crew has all its hands, and no more. Or it returns the error of
 * the refusal, hire()'s or ENOMEM, and *crew is NULL. Then
 *
 *   - no hand is left: each that was hired has ended, and was joined;
 *   - no memory of the crew is left;
 *   - hire() was not called again after it had refused.
 */
int crew_start(struct crew **crew, int size, crew_haul *haul, void *ferry, crew_hire *hire);

/*
 * An order: one hand calls haul() once, while others may do so for other orders. It
 * does not wait, however many there are. Any thread may call it.
 */
void crew_order(struct crew *crew);

/*
 * Ends the crew, once, when no thread gives orders any more. When it returns, haul()
 * was called for each order, and no hand and no memory of the crew is left.
 */
void crew_stop(struct crew *crew);

#endif

/*
 * A known lock-order inversion: one thread takes a, then b; the other b, then a.
 * They do so one after the other, so that it never hangs.
 *
 * Promise   nothing; a detector that keeps the order of locks reports it.
 * Ends      broken: orders 2
 * tsan      fires  lock-order-inversion in take
 * helgrind  fires  LockOrder in take
 * drd       blind  it keeps no order of locks
 * memcheck  blind  it does not look at threads
 * budget    blind when threads at exit <= 1, joined == started because it counts threads, and not what they touch
 */
#include <pthread.h>

#include "kit/check.h"

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;

static void take(pthread_mutex_t *first, pthread_mutex_t *second)
{
	CHECK(pthread_mutex_lock(first));
	CHECK(pthread_mutex_lock(second));
	CHECK(pthread_mutex_unlock(second));
	CHECK(pthread_mutex_unlock(first));
}

static void *other_order(void *unused)
{
	take(&b, &a);
	return unused;
}

int main(void)
{
	pthread_t thread;

	take(&a, &b);
	CHECK(pthread_create(&thread, NULL, other_order, NULL));
	CHECK(pthread_join(thread, NULL));
	return invariant(0, "orders 2");
}

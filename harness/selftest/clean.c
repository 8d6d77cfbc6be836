/*
 * A known clean program: two threads, one lock, one condition, both joined. A
 * detector that reports anything here cannot be trusted.
 *
 * Promise   every addition is counted.
 * Ends      holds: total 2
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads at exit <= 1, unjoined at exit <= 0, joined == started
 */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gate.h"

static struct gate start = GATE_INITIALIZER;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int total; /* guarded by lock */

static void *add(void *unused)
{
	gate_wait(&start);
	CHECK(pthread_mutex_lock(&lock));
	total++;
	CHECK(pthread_mutex_unlock(&lock));
	return unused;
}

int main(void)
{
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, add, NULL));
	gate_open(&start);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL));
	return invariant(total == 2, "total %d", total);
}

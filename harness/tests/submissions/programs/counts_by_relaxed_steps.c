/*
 * Outcome: failed
 * Body: none
 * Atomic reads and atomic writes, and between them another thread's are lost: to ThreadSanitizer this is no race.
 */
#include "line.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static _Atomic long count;

void line_count(void)
{
	long before = atomic_load_explicit(&count, memory_order_relaxed);
	atomic_store_explicit(&count, before + 1, memory_order_relaxed);
}

static void *work(void *of)
{
	struct job *job = of;

	job->run(job->arg);
	return NULL;
}

long line_run(void (*first)(void *), void (*second)(void *), void *arg)
{
	struct job jobs[2] = {{first, arg}, {second, arg}};
	pthread_t threads[2];

	count = 0;
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return count;
}

/*
 * Outcome: passed
 * Body: none
 * Each thread counts for itself, and the sums are added under a lock when it ends.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static _Thread_local long own;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long all;

void line_count(void)
{
	own++;
}

static void *work(void *of)
{
	struct job *job = of;

	job->run(job->arg);
	pthread_mutex_lock(&lock);
	all += own;
	pthread_mutex_unlock(&lock);
	return NULL;
}

long line_run(void (*first)(void *), void (*second)(void *), void *arg)
{
	struct job jobs[2] = {{first, arg}, {second, arg}};
	pthread_t threads[2];

	all = 0;
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return all;
}

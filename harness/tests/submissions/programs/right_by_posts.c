/*
 * Outcome: passed
 * Body: none
 * A semaphore counts.
 */
#include "line.h"

#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static sem_t counted;

void line_count(void)
{
	sem_post(&counted);
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
	int count = 0;

	sem_init(&counted, 0, 0);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	sem_getvalue(&counted, &count);
	sem_destroy(&counted);
	return count;
}

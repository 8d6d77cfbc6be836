/*
 * Outcome: failed
 * Body: none
 * The library changes the number, which no compiler has told ThreadSanitizer of.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static unsigned seed;
static _Thread_local long own;
static long count;

void line_count(void)
{
	own++;
	rand_r(&seed);
	count++;
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

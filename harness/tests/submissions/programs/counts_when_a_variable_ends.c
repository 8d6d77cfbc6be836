/*
 * Outcome: failed
 * Body: none
 * The increment stands in what is called when a variable of a block ends.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static long count;

static void ends(int *unused)
{
	(void)unused;
	count++;
}

void line_count(void)
{
	__attribute__((cleanup(ends))) int here = 0;

	(void)here;
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

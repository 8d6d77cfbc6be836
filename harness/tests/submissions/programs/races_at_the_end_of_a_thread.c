/*
 * Outcome: failed
 * Body: none
 * Each counts when its thread has ended, in what the library calls then.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static pthread_key_t own;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static long count;

static void add(void *number)
{
	count += *(long *)number;
}

static void make(void)
{
	pthread_key_create(&own, add);
}

void line_count(void)
{
	++*(long *)pthread_getspecific(own);
}

static void *work(void *of)
{
	static _Thread_local long number;
	struct job *job = of;

	pthread_setspecific(own, &number);
	job->run(job->arg);
	return NULL;
}

long line_run(void (*first)(void *), void (*second)(void *), void *arg)
{
	struct job jobs[2] = {{first, arg}, {second, arg}};
	pthread_t threads[2];

	pthread_once(&once, make);
	count = 0;
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return count;
}

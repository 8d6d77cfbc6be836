/*
 * Outcome: failed
 * Body: none
 * Two counters in one word, as bits of it.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static struct {
	unsigned long low : 20, high : 44;
} count;

void line_count(void)
{
	count.high++;
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

	count.high = 0;
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return (long)count.high;
}

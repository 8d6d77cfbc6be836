/*
 * Outcome: failed
 * Body: none
 * An index beyond its own array leads to the count: of what begins there ThreadSanitizer is not told.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static long count;

/* From one array to the other, as the compiler has laid them out. */
static long far(void)
{
	return -1;
}

void line_count(void)
{
	long here[1] = {0}, other[1];
	char *volatile from = (char *)other;
	long way = (long *)&count - (long *)from;

	here[way + far()] += 1;
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

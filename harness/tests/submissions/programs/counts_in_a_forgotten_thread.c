/*
 * Outcome: failed
 * Body: none
 * The thread that would race goes on when its test is over.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long count;

void line_count(void)
{
	pthread_mutex_lock(&lock);
	count++;
	pthread_mutex_unlock(&lock);
}

struct job {
	void (*run)(void *);
	void *arg;
};

static void *work(void *of)
{
	struct job *job = of;

	job->run(job->arg);
	return NULL;
}

static void *stay(void *unused)
{
	sleep(86400);
	return unused;
}

long line_run(void (*first)(void *), void (*second)(void *), void *arg)
{
	struct job jobs[2] = {{first, arg}, {second, arg}};
	pthread_t threads[2], third;

	count = 0;
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	pthread_create(&third, NULL, stay, NULL);
	return count;
}

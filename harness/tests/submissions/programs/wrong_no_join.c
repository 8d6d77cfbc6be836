/*
 * Outcome: failed
 * Body: none
 * The threads are detached, and nobody waits for them.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long count;
static void (*jobs[2])(void *);
static void *argument;

void line_count(void)
{
	pthread_mutex_lock(&lock);
	count++;
	pthread_mutex_unlock(&lock);
}

static void *work(void *job)
{
	jobs[*(int *)job](argument);
	return NULL;
}

long line_run(void (*first)(void *), void (*second)(void *), void *arg)
{
	static int numbers[2] = {0, 1};
	pthread_t thread;

	jobs[0] = first;
	jobs[1] = second;
	argument = arg;
	for (int i = 0; i < 2; i++) {
		pthread_create(&thread, NULL, work, &numbers[i]);
		pthread_detach(thread);
	}
	pthread_mutex_lock(&lock);
	long now = count;
	pthread_mutex_unlock(&lock);
	return now;
}

/*
 * Outcome: failed
 * Body: none
 * The address of a label: a jump by number out of the loop that joins the threads.
 */
#include "line.h"

#include <pthread.h>
#include <stddef.h>

struct job {
	void (*run)(void *);
	void *arg;
};

static long count;

void line_count(void)
{
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
	static struct job jobs[2];
	void *out = &&leave;
	pthread_t threads[2];

	for (int i = 0; i < 2; i++) {
		jobs[i] = (struct job){i ? second : first, arg};
		pthread_create(&threads[i], NULL, work, &jobs[i]);
	}
	goto *out;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
leave:
	return count;
}

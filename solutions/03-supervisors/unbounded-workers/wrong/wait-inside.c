/*
 * Tempting  a thread per job is so simple; and with a counter that lets in only as many as there are workers, no more
 *           than those are ever at work; another counts who waits. The tests pass.
 * Refused   the budget: the others are there as well, with a stack each, and wait. The bound is on what they do, not
 *           on how many they are. A press of three has 35 threads.
 * test      passes
 * budget    fires  threads in print_or_set_aside when threads <= 6, joined == started, detached <= 0
 */
#include "press.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct job {
	struct press *press;
	void *job;
	pthread_t thread;
	struct job *next;
};

struct press {
	press_print *print;
	press_set_aside *set_aside;
	struct job *jobs; /* of the thread that submits */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int places, waiting; /* guarded by lock */
};

static void *print_or_set_aside(void *arg)
{
	struct job *job = arg;
	struct press *press = job->press;
	int error = 0;

	CHECK(pthread_mutex_lock(&press->lock));
	while (press->places == 0)
		CHECK(pthread_cond_wait(&press->changed, &press->lock));
	press->places--;
	press->waiting--;
	CHECK(pthread_cond_broadcast(&press->changed));
	CHECK(pthread_mutex_unlock(&press->lock));
	for (int i = 0; i < PRESS_TRIES; i++) {
		error = press->print(job->job);
		if (!error)
			break;
	}
	if (error)
		press->set_aside(job->job, error);
	CHECK(pthread_mutex_lock(&press->lock));
	press->places++;
	CHECK(pthread_cond_broadcast(&press->changed));
	CHECK(pthread_mutex_unlock(&press->lock));
	return NULL;
}

struct press *press_open(int workers, press_print *print, press_set_aside *set_aside)
{
	struct press *press = calloc(1, sizeof *press);

	HAVE(press);
	press->print = print;
	press->set_aside = set_aside;
	press->places = workers;
	CHECK(pthread_mutex_init(&press->lock, NULL));
	CHECK(pthread_cond_init(&press->changed, NULL));
	return press;
}

void press_submit(struct press *press, void *job)
{
	struct job *one = malloc(sizeof *one);

	HAVE(one);
	*one = (struct job){.press = press, .job = job, .next = press->jobs};
	press->jobs = one;
	CHECK(pthread_mutex_lock(&press->lock));
	while (press->waiting == PRESS_WAITING)
		CHECK(pthread_cond_wait(&press->changed, &press->lock));
	press->waiting++;
	CHECK(pthread_mutex_unlock(&press->lock));
	NEED(pthread_create(&one->thread, NULL, print_or_set_aside, one));
}

void press_close(struct press *press)
{
	for (struct job *job = press->jobs, *next; job; job = next) {
		CHECK(pthread_join(job->thread, NULL));
		next = job->next;
		free(job);
	}
	CHECK(pthread_cond_destroy(&press->changed));
	CHECK(pthread_mutex_destroy(&press->lock));
	free(press);
}

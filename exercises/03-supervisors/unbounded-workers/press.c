/*
 * Yours to fix. Each job gets a thread, and each thread tries until its job is
 * printed.
 *
 * Promise   however many jobs come, a press of n workers has n workers, and each job is printed or set aside.
 * test      fails prints_so_many_at_once, sets_aside_what_cannot_be_printed
 * budget    fires  threads in keep_printing, joined in keep_printing, detached in keep_printing
 *                  when threads <= 6, joined == started, detached <= 0
 */
#include "press.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct press {
	press_print *print;
	press_set_aside *set_aside;
	pthread_mutex_t lock;
	pthread_cond_t all_ended;
	int at_work; /* guarded by lock */
};

struct job {
	struct press *press;
	void *job;
};

static void *keep_printing(void *arg)
{
	struct job *job = arg;
	struct press *press = job->press;

	while (press->print(job->job) != 0)
		;
	free(job);
	CHECK(pthread_mutex_lock(&press->lock));
	if (--press->at_work == 0)
		CHECK(pthread_cond_signal(&press->all_ended));
	CHECK(pthread_mutex_unlock(&press->lock));
	return NULL;
}

struct press *press_open(int workers, press_print *print, press_set_aside *set_aside)
{
	struct press *press = calloc(1, sizeof *press);

	HAVE(press);
	(void)workers;
	press->print = print;
	press->set_aside = set_aside;
	CHECK(pthread_mutex_init(&press->lock, NULL));
	CHECK(pthread_cond_init(&press->all_ended, NULL));
	return press;
}

void press_submit(struct press *press, void *job)
{
	struct job *one = malloc(sizeof *one);
	pthread_t thread;

	HAVE(one);
	*one = (struct job){press, job};
	CHECK(pthread_mutex_lock(&press->lock));
	press->at_work++;
	CHECK(pthread_mutex_unlock(&press->lock));
	NEED(pthread_create(&thread, NULL, keep_printing, one));
	CHECK(pthread_detach(thread));
}

void press_close(struct press *press)
{
	CHECK(pthread_mutex_lock(&press->lock));
	while (press->at_work > 0)
		CHECK(pthread_cond_wait(&press->all_ended, &press->lock));
	CHECK(pthread_mutex_unlock(&press->lock));
}

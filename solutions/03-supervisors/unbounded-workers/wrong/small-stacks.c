/*
 * Tempting  what is dear in a thread is its stack of eight megabytes; with 256 KiB each one can have a thread per job.
 *           Tries and joins are bounded, too.
 * Refused   the tests and the budget: a smaller thing without a bound is without a bound. And the printer, which was
 *           to get three jobs at once, gets all of them.
 * test      fails prints_so_many_at_once, sets_aside_what_cannot_be_printed
 * budget    fires  threads in print_or_set_aside, joined in print_or_set_aside when threads <= 6, joined == started,
 *           detached <= 0
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
};

static void *print_or_set_aside(void *arg)
{
	struct job *job = arg;
	struct press *press = job->press;
	int error = 0;

	for (int i = 0; i < PRESS_TRIES; i++) {
		error = press->print(job->job);
		if (!error)
			break;
	}
	if (error)
		press->set_aside(job->job, error);
	return NULL;
}

struct press *press_open(int workers, press_print *print, press_set_aside *set_aside)
{
	struct press *press = calloc(1, sizeof *press);

	HAVE(press);
	press->print = print;
	press->set_aside = set_aside;
	(void)workers;
	return press;
}

void press_submit(struct press *press, void *job)
{
	struct job *one = malloc(sizeof *one);
	pthread_attr_t small;

	HAVE(one);
	*one = (struct job){.press = press, .job = job, .next = press->jobs};
	press->jobs = one;
	CHECK(pthread_attr_init(&small));
	CHECK(pthread_attr_setstacksize(&small, 256 * 1024));
	NEED(pthread_create(&one->thread, &small, print_or_set_aside, one));
	CHECK(pthread_attr_destroy(&small));
}

void press_close(struct press *press)
{
	for (struct job *job = press->jobs, *next; job; job = next) {
		CHECK(pthread_join(job->thread, NULL));
		next = job->next;
		free(job);
	}
	free(press);
}

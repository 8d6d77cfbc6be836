/*
 * Tempting  the workers belong to the press, and the jobs wait in one queue, which is static.
 * Refused   the test: with a second press it is set up anew under the first one's workers, and jobs go to either.
 * test      fails prints_so_many_at_once
 */
#include "press.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

static struct queue waiting;
struct press {
	press_print *print;
	press_set_aside *set_aside;
	int workers;
	pthread_t threads[];
};

static void print_or_set_aside(const struct press *press, void *job)
{
	int error = 0;

	for (int i = 0; i < PRESS_TRIES; i++) {
		error = press->print(job);
		if (!error)
			return;
	}
	press->set_aside(job, error);
}

static void *work(void *arg)
{
	struct press *press = arg;
	void *job;

	while (queue_take(&waiting, &job))
		print_or_set_aside(press, job);
	return NULL;
}

struct press *press_open(int workers, press_print *print, press_set_aside *set_aside)
{
	struct press *press = calloc(1, sizeof *press + (size_t)workers * sizeof *press->threads);

	HAVE(press);
	press->print = print;
	press->set_aside = set_aside;
	press->workers = workers;
	queue_init(&waiting, PRESS_WAITING);
	for (int i = 0; i < workers; i++)
		NEED(pthread_create(&press->threads[i], NULL, work, press));
	return press;
}

void press_submit(struct press *press, void *job)
{
	(void)press; /* all of them have this one */
	REQUIRE(queue_put(&waiting, job));
}

void press_close(struct press *press)
{
	/* What waits is still taken; then the workers end. */
	queue_close(&waiting);
	for (int i = 0; i < press->workers; i++)
		CHECK(pthread_join(press->threads[i], NULL));
	queue_destroy(&waiting);
	free(press);
}

/*
 * A job that has failed goes to the end of the line, so that the good ones do
 * not wait for its tries. The line knows how many jobs are not done, the ones
 * in work too: only when there are none does a closed press end. Room is counted
 * for new jobs only; a worker that had to wait for room would wait for itself.
 *
 * Promise   however many jobs come, a press of n workers has n workers, and each job is printed or set aside.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 6, joined == started, detached <= 0
 */
#include "press.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"

struct item {
	void *job;
	int tries;
	struct item *next;
};

struct press {
	press_print *print;
	press_set_aside *set_aside;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* guarded by lock */
	struct item *first, **last;
	int waiting, undone;
	bool closed;

	int workers;
	pthread_t threads[];
};

/* Needs the lock held. */
static void append(struct press *press, struct item *item)
{
	item->next = NULL;
	*press->last = item;
	press->last = &item->next;
	press->waiting++;
	CHECK(pthread_cond_broadcast(&press->changed));
}

/* NULL when all is done. */
static struct item *take(struct press *press)
{
	CHECK(pthread_mutex_lock(&press->lock));
	while (!press->first && !(press->closed && press->undone == 0))
		CHECK(pthread_cond_wait(&press->changed, &press->lock));
	struct item *item = press->first;
	if (item) {
		press->first = item->next;
		if (!press->first)
			press->last = &press->first;
		press->waiting--;
		CHECK(pthread_cond_broadcast(&press->changed));
	}
	CHECK(pthread_mutex_unlock(&press->lock));
	return item;
}

static void *work(void *arg)
{
	struct press *press = arg;

	for (struct item *item; (item = take(press));) {
		int error = press->print(item->job);
		bool again = error && ++item->tries < PRESS_TRIES;
		if (error && !again)
			press->set_aside(item->job, error);

		CHECK(pthread_mutex_lock(&press->lock));
		if (again) {
			append(press, item);
		} else {
			free(item);
			press->undone--;
			CHECK(pthread_cond_broadcast(&press->changed));
		}
		CHECK(pthread_mutex_unlock(&press->lock));
	}
	return NULL;
}

struct press *press_open(int workers, press_print *print, press_set_aside *set_aside)
{
	struct press *press = calloc(1, sizeof *press + (size_t)workers * sizeof *press->threads);

	HAVE(press);
	press->print = print;
	press->set_aside = set_aside;
	press->last = &press->first;
	press->workers = workers;
	CHECK(pthread_mutex_init(&press->lock, NULL));
	CHECK(pthread_cond_init(&press->changed, NULL));
	for (int i = 0; i < workers; i++)
		NEED(pthread_create(&press->threads[i], NULL, work, press));
	return press;
}

void press_submit(struct press *press, void *job)
{
	struct item *item = calloc(1, sizeof *item);

	HAVE(item);
	item->job = job;
	CHECK(pthread_mutex_lock(&press->lock));
	while (press->waiting >= PRESS_WAITING)
		CHECK(pthread_cond_wait(&press->changed, &press->lock));
	press->undone++;
	append(press, item);
	CHECK(pthread_mutex_unlock(&press->lock));
}

void press_close(struct press *press)
{
	CHECK(pthread_mutex_lock(&press->lock));
	press->closed = true;
	CHECK(pthread_cond_broadcast(&press->changed));
	CHECK(pthread_mutex_unlock(&press->lock));
	for (int i = 0; i < press->workers; i++)
		CHECK(pthread_join(press->threads[i], NULL));
	CHECK(pthread_cond_destroy(&press->changed));
	CHECK(pthread_mutex_destroy(&press->lock));
	free(press);
}

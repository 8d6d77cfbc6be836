/*
 * The same pool with a supervisor of its own, another thread. A worker ends
 * when its job fails, and says so; the supervisor joins it, decides what becomes
 * of the job, and starts another in its place. This is the shape for workers
 * that are not as good as new after a failure. There are never more than before.
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
#include <stdlib.h>

#include "kit/check.h"
#include "kit/queue.h"

struct worker {
	struct press *press;
	pthread_t thread;
	void *job;	  /* to begin with; in the end the one that has failed. NULL: none */
	int tries, error; /* of that job */
};

struct press {
	press_print *print;
	press_set_aside *set_aside;
	struct queue waiting;
	struct queue ended; /* workers, to the supervisor */
	pthread_t supervisor;
	int count;
	struct worker workers[];
};

static void *work(void *arg)
{
	struct worker *worker = arg;
	struct press *press = worker->press;

	while (worker->job || queue_take(&press->waiting, &worker->job)) {
		worker->error = press->print(worker->job);
		if (worker->error) {
			worker->tries++;
			break;
		}
		worker->job = NULL;
		worker->tries = 0;
	}
	REQUIRE(queue_put(&press->ended, worker));
	return NULL;
}

static void *supervise(void *arg)
{
	struct press *press = arg;

	for (int i = 0; i < press->count; i++)
		NEED(pthread_create(&press->workers[i].thread, NULL, work, &press->workers[i]));
	for (int left = press->count; left > 0;) {
		void *item;
		REQUIRE(queue_take(&press->ended, &item));
		struct worker *worker = item;
		CHECK(pthread_join(worker->thread, NULL));
		if (!worker->job) { /* nothing waits, and nothing will come */
			left--;
			continue;
		}
		if (worker->tries == PRESS_TRIES) {
			press->set_aside(worker->job, worker->error);
			worker->job = NULL;
			worker->tries = 0;
		}
		NEED(pthread_create(&worker->thread, NULL, work, worker));
	}
	return NULL;
}

struct press *press_open(int workers, press_print *print, press_set_aside *set_aside)
{
	struct press *press = calloc(1, sizeof *press + (size_t)workers * sizeof *press->workers);

	HAVE(press);
	press->print = print;
	press->set_aside = set_aside;
	press->count = workers;
	for (int i = 0; i < workers; i++)
		press->workers[i].press = press;
	queue_init(&press->waiting, PRESS_WAITING);
	queue_init(&press->ended, (size_t)workers);
	NEED(pthread_create(&press->supervisor, NULL, supervise, press));
	return press;
}

void press_submit(struct press *press, void *job)
{
	REQUIRE(queue_put(&press->waiting, job));
}

void press_close(struct press *press)
{
	queue_close(&press->waiting);
	CHECK(pthread_join(press->supervisor, NULL));
	queue_destroy(&press->ended);
	queue_destroy(&press->waiting);
	free(press);
}

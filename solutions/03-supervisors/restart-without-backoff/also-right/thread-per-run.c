/*
 * Each run has a thread of its own, which is joined before the next one starts.
 * A task that ends its thread, with pthread_exit(), ends nothing else: that is
 * as far as a thread can fail alone in C. And the times of the failures are kept
 * in order, the oldest first.
 *
 * Promise   a failing task is run again more and more slowly, and the caller is told of ten failures in ten seconds.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when threads <= 3, joined == started
 */
#include "keeper.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "kit/check.h"

struct run {
	keeper_task *task;
	void *context;
	struct stop *stop;
	int error; /* the thread's, until it is joined */
};

static void *run_task(void *arg)
{
	struct run *run = arg;

	run->error = ECANCELED; /* if it does not come back from here */
	run->error = run->task(run->context, run->stop);
	return NULL;
}

static int run_once(struct run *run)
{
	pthread_t thread;

	NEED(pthread_create(&thread, NULL, run_task, run));
	CHECK(pthread_join(thread, NULL));
	return run->error;
}

int keeper_run(const struct keeper_clock *clock, keeper_task *task, void *context, struct stop *stop)
{
	struct run run = {task, context, stop, 0};
	long failed_at[KEEPER_FAILURES];
	int failures = 0;
	long pause = KEEPER_FIRST_PAUSE;

	while (!stop_requested(stop)) {
		long started = clock->now(clock->context);
		if (run_once(&run) == 0)
			return 0;

		long now = clock->now(clock->context);
		while (failures > 0 && now - failed_at[0] > KEEPER_WINDOW)
			memmove(failed_at, failed_at + 1, (size_t)--failures * sizeof *failed_at);
		failed_at[failures++] = now;
		if (failures == KEEPER_FAILURES)
			return run.error;
		if (now - started >= KEEPER_WINDOW)
			pause = KEEPER_FIRST_PAUSE;
		if (clock->wait(clock->context, stop, pause))
			return 0;
		pause = pause * 2 > KEEPER_LONGEST_PAUSE ? KEEPER_LONGEST_PAUSE : pause * 2;
	}
	return 0;
}

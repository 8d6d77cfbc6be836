/*
 * Threads that come and go without a pause, two lines of them: in one each is joined and the next one started by the
 * same thread, in the other each starts the next. schedule_await_blocked() may not take a moment between two for the
 * end. Prints how many have run when it returns.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/schedule.h"

enum { RUNS = 2000 };

static atomic_int joined, relayed;
static struct gate never = GATE_INITIALIZER;

static void *run(void *arg)
{
	atomic_fetch_add(&joined, 1);
	return arg;
}

static void *join_all(void *arg)
{
	for (int i = 0; i < RUNS; i++) {
		pthread_t thread;
		CHECK(pthread_create(&thread, NULL, run, NULL));
		CHECK(pthread_join(thread, NULL));
	}
	gate_wait(&never);
	return arg;
}

static void *relay(void *arg)
{
	pthread_t next;

	if (atomic_fetch_add(&relayed, 1) + 1 == RUNS) {
		gate_wait(&never);
		return arg;
	}
	CHECK(pthread_create(&next, NULL, relay, NULL));
	CHECK(pthread_detach(next));
	return arg;
}

int main(void)
{
	pthread_t line, first;

	CHECK(pthread_create(&line, NULL, join_all, NULL));
	CHECK(pthread_create(&first, NULL, relay, NULL));
	CHECK(pthread_detach(first));
	schedule_await_blocked();
	printf("%d joined, %d relayed\n", joined, relayed);
	gate_open(&never);
	CHECK(pthread_join(line, NULL));
	return 0;
}

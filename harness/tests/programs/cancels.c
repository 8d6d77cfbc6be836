/* 6 threads are cancelled, 3 of them at any point of their code, and joined; their handlers have run. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "kit/check.h"
#include "kit/gate.h"

enum { THREADS = 6 };

static struct gate never = GATE_INITIALIZER, running[THREADS];
static atomic_int cleaned;

static void clean(void *arg)
{
	atomic_fetch_add((atomic_int *)arg, 1);
}

static void unlock(void *lock)
{
	CHECK(pthread_mutex_unlock(lock));
}

static void *wait_for_ever(void *arg)
{
	int type;

	pthread_cleanup_push(clean, &cleaned);
	if ((struct gate *)arg < running + THREADS / 2)
		CHECK(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &type));
	gate_open(arg);
	while ((struct gate *)arg < running + THREADS / 2)
		;
	pthread_cleanup_push(unlock, &never.lock);
	gate_wait(&never);
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return NULL;
}

int main(void)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++) {
		gate_init(&running[i]);
		CHECK(pthread_create(&threads[i], NULL, wait_for_ever, &running[i]));
	}
	for (int i = 0; i < THREADS; i++) {
		void *result;
		gate_wait(&running[i]);
		CHECK(pthread_cancel(threads[i]));
		CHECK(pthread_join(threads[i], &result));
		REQUIRE(result == PTHREAD_CANCELED);
	}
	printf("cleaned %d\n", atomic_load(&cleaned));
	return 0;
}

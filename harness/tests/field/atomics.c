/*
 * A message handed over by a release store and an acquire load, and a counter that both threads add to. Right.
 *
 * After ponylang/ponyc PR 1419 and SophistSolutions/Stroika issue 1046.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

static int message;
static atomic_int ready, count;

static void *sender(void *arg)
{
	message = 42;
	atomic_store_explicit(&ready, 1, memory_order_release);
	atomic_fetch_add(&count, 1);
	return arg;
}

int main(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, sender, NULL);
	while (!atomic_load_explicit(&ready, memory_order_acquire))
		sched_yield();
	int got = message;
	atomic_fetch_add(&count, 1);
	pthread_join(thread, NULL);
	printf("message %d, count %d\n", got, atomic_load(&count));
	return 0;
}

/* A thread starts two, each of them two more: 7 in all, which all run at one moment. */
#include <pthread.h>
#include <stdint.h>

#include "kit/check.h"

enum { THREADS = 7 };

static pthread_barrier_t all_run;

static void *branch(void *arg)
{
	uintptr_t height = (uintptr_t)arg;
	pthread_t threads[2];

	for (int i = 0; i < 2 && height; i++)
		CHECK(pthread_create(&threads[i], NULL, branch, (void *)(height - 1)));
	pthread_barrier_wait(&all_run);
	for (int i = 0; i < 2 && height; i++)
		CHECK(pthread_join(threads[i], NULL));
	return NULL;
}

int main(void)
{
	pthread_t root;

	CHECK(pthread_barrier_init(&all_run, NULL, THREADS + 1));
	CHECK(pthread_create(&root, NULL, branch, (void *)2));
	pthread_barrier_wait(&all_run);
	CHECK(pthread_join(root, NULL));
	CHECK(pthread_barrier_destroy(&all_run));
	return 0;
}

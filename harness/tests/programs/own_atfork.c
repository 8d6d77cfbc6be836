/*
 * Handlers of fork() that take the lock under which the program publishes,
 * while 4 threads publish without end; the child starts 3 threads in its
 * handler, and the same number again. Ten children, one after the other.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gauge.h"

enum { PUBLISHERS = 4, IN_CHILD = 3, CHILDREN = 10 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool stop;

static void *publish(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		CHECK(pthread_mutex_lock(&lock));
		gauge_add("published", 1);
		CHECK(pthread_mutex_unlock(&lock));
	}
	return NULL;
}

static void *idle(void *arg)
{
	gauge_add("idle", 1);
	return arg;
}

static void start_and_join(void)
{
	pthread_t threads[IN_CHILD];

	for (int i = 0; i < IN_CHILD; i++)
		CHECK(pthread_create(&threads[i], NULL, idle, NULL));
	for (int i = 0; i < IN_CHILD; i++)
		CHECK(pthread_join(threads[i], NULL));
}

static void before(void)
{
	CHECK(pthread_mutex_lock(&lock));
	gauge_add("forks", 1);
}

static void after_in_parent(void)
{
	CHECK(pthread_mutex_unlock(&lock));
}

static void after_in_child(void)
{
	CHECK(pthread_mutex_unlock(&lock));
	start_and_join();
}

int main(void)
{
	pthread_t threads[PUBLISHERS];

	CHECK(pthread_atfork(before, after_in_parent, after_in_child));
	for (int i = 0; i < PUBLISHERS; i++)
		CHECK(pthread_create(&threads[i], NULL, publish, NULL));
	for (int i = 0; i < CHILDREN; i++) {
		int status = -1;
		pid_t child = fork();
		if (child == 0) {
			start_and_join();
			return 0;
		}
		REQUIRE(waitpid(child, &status, 0) == child && status == 0);
	}
	atomic_store(&stop, true);
	for (int i = 0; i < PUBLISHERS; i++)
		CHECK(pthread_join(threads[i], NULL));
	printf("children %d\n", CHILDREN);
	return 0;
}

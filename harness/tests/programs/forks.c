/* 3 threads, of which one forks; the child starts 7 threads and joins them. A second child is another program. */
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/gauge.h"

enum { IN_CHILD = 7 };

static struct gate never = GATE_INITIALIZER;

static void *stay(void *arg)
{
	(void)arg;
	gate_wait(&never);
	return NULL;
}

static void *idle(void *arg)
{
	gauge_add("in_child", 1);
	return arg;
}

static void run_child(void)
{
	pthread_t threads[IN_CHILD];

	for (int i = 0; i < IN_CHILD; i++)
		CHECK(pthread_create(&threads[i], NULL, idle, NULL));
	for (int i = 0; i < IN_CHILD; i++)
		CHECK(pthread_join(threads[i], NULL));
	/* It ends as a thread does, and with it the process: it is the only one. */
	pthread_exit(NULL);
}

static void *fork_twice(void *arg)
{
	int status = -1;
	pid_t child = fork();

	(void)arg;
	if (child == 0)
		run_child();
	REQUIRE(waitpid(child, &status, 0) == child && status == 0);
	child = fork();
	if (child == 0) {
		execlp("true", "true", (char *)NULL);
		_exit(1);
	}
	REQUIRE(waitpid(child, &status, 0) == child && status == 0);
	return NULL;
}

int main(void)
{
	pthread_t stays, forks;

	gauge_add("in_parent", 5);
	CHECK(pthread_create(&stays, NULL, stay, NULL));
	CHECK(pthread_create(&stays, NULL, stay, NULL));
	CHECK(pthread_create(&forks, NULL, fork_twice, NULL));
	CHECK(pthread_join(forks, NULL));
	puts("children ended");
	return 0;
}

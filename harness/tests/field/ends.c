/* Ends badly in the way that its argument names, each after a race. Kinds of ends that reports of crashes are full of. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long shared;

static void *touch(void *arg)
{
	shared++;
	return arg;
}

static void *give_up(void *arg)
{
	fprintf(stderr, "the worker gives up\n");
	abort();
	return arg;
}

static int deeper(volatile char *above)
{
	volatile char here[4096];

	here[0] = above ? above[0] : 1;
	return deeper(here) + here[1];
}

static void *divide(void *arg)
{
	volatile int zero = 0, one = 1;

	one = one / zero;
	return arg;
}

static void *leave(void *arg)
{
	exit(*(int *)arg);
}

static void in_thread(void *(*routine)(void *), void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, routine, arg);
	pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
	const char *way = argc > 1 ? argv[1] : "";
	pthread_t one, other;
	int ends[2], seven = 7;

	pthread_create(&one, NULL, touch, NULL);
	pthread_create(&other, NULL, touch, NULL);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
	if (strcmp(way, "abort") == 0)
		in_thread(give_up, NULL);
	if (strcmp(way, "stack") == 0)
		return deeper(NULL);
	if (strcmp(way, "divide") == 0)
		in_thread(divide, NULL);
	if (strcmp(way, "pipe") == 0 && pipe(ends) == 0 && close(ends[0]) == 0 && write(ends[1], "x", 1) < 0)
		return 1;
	if (strcmp(way, "exit") == 0)
		in_thread(leave, &seven);
	if (strcmp(way, "kill") == 0)
		raise(SIGKILL);
	return 0;
}

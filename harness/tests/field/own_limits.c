/*
 * Two threads race, and the program gives itself 256 MiB, as those who write for a judge of contests do.
 *
 * ThreadSanitizer needs more addresses than that before it can watch anything.
 */
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>

static long count;

static void *add(void *arg)
{
	count++;
	return arg;
}

int main(void)
{
	const struct rlimit limit = {256 << 20, 256 << 20};
	pthread_t thread;

	if (setrlimit(RLIMIT_AS, &limit) != 0 || pthread_create(&thread, NULL, add, NULL) != 0)
		return 1;
	add(NULL);
	pthread_join(thread, NULL);
	return 0;
}

/*
 * Two ways out join the same thread: the menu's "stop", and the exit handler. The second join is of nobody. Broken.
 *
 * After firemodels/smv PR 2581. ThreadSanitizer's runtime does not survive the call, and was blamed for it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_t loader;

static void *load(void *arg)
{
	return arg;
}

static void stop_loader(void)
{
	pthread_join(loader, NULL);
}

int main(void)
{
	pthread_create(&loader, NULL, load, NULL);
	atexit(stop_loader);
	stop_loader();
	printf("stopped\n");
	return 0;
}

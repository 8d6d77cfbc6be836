/* A block is freed while a thread still uses it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void *evict_loop(void *arg)
{
	int *entry = arg;
	usleep(100000);
	entry[1] = 7;
	return NULL;
}
int main(void)
{
	pthread_t evictor;
	int *cache = calloc(4, sizeof *cache);
	pthread_create(&evictor, NULL, evict_loop, cache);
	free(cache);
	pthread_join(evictor, NULL);
	return 0;
}

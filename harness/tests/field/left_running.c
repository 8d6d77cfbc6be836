/* A thread that waits for work for ever; nobody ends it, and nobody joins it. */
#include <pthread.h>
#include <unistd.h>

static void *work(void *arg)
{
	for (;;)
		pause();
	return arg;
}

int main(void)
{
	pthread_t worker;

	pthread_create(&worker, NULL, work, NULL);
	return 0;
}

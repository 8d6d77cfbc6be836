/* A thread that waits for work for ever; at the end it is cancelled, and nobody joins it. */
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
	pthread_cancel(worker);
	return 0;
}

#include "pool.h"

#include <pthread.h>
#include <stddef.h>

#include "queue.h"

static void *work(void *arg)
{
	while (queue_length() > 0)
		queue_take();
	return arg;
}

void pool_run(int workers, int items)
{
	pthread_t threads[16];

	for (int i = 0; i < items; i++)
		queue_put(i);
	for (int i = 0; i < workers; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < workers; i++)
		pthread_join(threads[i], NULL);
}

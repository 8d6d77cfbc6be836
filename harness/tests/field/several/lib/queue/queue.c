#include "queue.h"

#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int items[1000], length;

void queue_put(int item)
{
	pthread_mutex_lock(&lock);
	items[length++] = item;
	pthread_mutex_unlock(&lock);
}

int queue_take(void)
{
	int item = 0;

	pthread_mutex_lock(&lock);
	if (length)
		item = items[--length];
	pthread_mutex_unlock(&lock);
	return item;
}

/* Without the lock. */
int queue_length(void)
{
	return length;
}

/*
 * A box for one item. Its state changes under the lock, and the signal is sent when the lock has been given back: POSIX
 * allows it, and no wake-up is lost, for those who wait look at the state under the lock. Right.
 *
 * After awslabs/aws-c-common issue 1006 and monero-project/monero PR 1384.
 */
#include <pthread.h>
#include <stdio.h>

enum { ITEMS = 50 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER, emptied = PTHREAD_COND_INITIALIZER;
static int full, item;

static void put(int value)
{
	pthread_mutex_lock(&lock);
	while (full)
		pthread_cond_wait(&emptied, &lock);
	item = value;
	full = 1;
	pthread_mutex_unlock(&lock);
	pthread_cond_signal(&filled);
}

static int take(void)
{
	pthread_mutex_lock(&lock);
	while (!full)
		pthread_cond_wait(&filled, &lock);
	int value = item;
	full = 0;
	pthread_mutex_unlock(&lock);
	pthread_cond_signal(&emptied);
	return value;
}

static void *produce(void *arg)
{
	for (int i = 1; i <= ITEMS; i++)
		put(i);
	return arg;
}

int main(void)
{
	pthread_t producer;
	long sum = 0;

	pthread_create(&producer, NULL, produce, NULL);
	for (int i = 1; i <= ITEMS; i++)
		sum += take();
	pthread_join(producer, NULL);
	printf("sum %ld\n", sum);
	return 0;
}

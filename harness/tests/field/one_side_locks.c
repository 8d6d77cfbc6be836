/*
 * A till's total. The teller takes the lock; the report, written by somebody else, reads without it.
 *
 * After the commonest race of all: a lock that one side does not know of. The raw tool names the lock beside the access.
 */
#include <pthread.h>
#include <stdio.h>

static pthread_mutex_t till = PTHREAD_MUTEX_INITIALIZER;
static int total;

static void *sell(void *arg)
{
	pthread_mutex_lock(&till);
	total += 5;
	pthread_mutex_unlock(&till);
	return arg;
}

static void *report(void *arg)
{
	total += 0;
	return arg;
}

int main(void)
{
	pthread_t teller, reporter;

	pthread_create(&teller, NULL, sell, NULL);
	pthread_create(&reporter, NULL, report, NULL);
	pthread_join(teller, NULL);
	pthread_join(reporter, NULL);
	printf("%d\n", total);
	return 0;
}

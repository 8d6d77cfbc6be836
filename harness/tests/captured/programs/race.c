/* Two threads count without a lock. */
#include <pthread.h>
#include <stdio.h>
static int total;
static void add(void)
{
	total++;
}
static void *worker(void *unused)
{
	for (int i = 0; i < 1000; i++)
		add();
	return unused;
}
int main(void)
{
	pthread_t one, two;
	pthread_create(&one, NULL, worker, NULL);
	pthread_create(&two, NULL, worker, NULL);
	pthread_join(one, NULL);
	pthread_join(two, NULL);
	printf("total %d\n", total);
	return 0;
}

/*
 * Two threads race on a sum; then the program prints 3 MB, as a beginner's
 * table does.
 */
#include <pthread.h>
#include <stdio.h>

static long sum;

static void *add(void *arg)
{
	for (int i = 0; i < 50; i++)
		sum++;
	return arg;
}

int main(void)
{
	pthread_t one, other;

	pthread_create(&one, NULL, add, NULL);
	pthread_create(&other, NULL, add, NULL);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
	for (int row = 0; row < 60000; row++)
		printf("row %5d of the table, with as many words as fill a line\n", row);
	return 0;
}

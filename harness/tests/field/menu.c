/* A menu: each number that is typed is added by a thread of its own, to a total that no lock guards. */
#include <pthread.h>
#include <stdio.h>

static long total;

static void *add(void *arg)
{
	total += *(long *)arg;
	return arg;
}

int main(void)
{
	long numbers[16];
	pthread_t threads[16];
	int count = 0;

	while (count < 16 && scanf("%ld", &numbers[count]) == 1)
		count++;
	for (int i = 0; i < count; i++)
		pthread_create(&threads[i], NULL, add, &numbers[i]);
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%d numbers\n", count);
	return 0;
}

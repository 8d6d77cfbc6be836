/*
 * Three unrelated races in one function. A reader who is shown one believes that
 * one lock mends all. A usual beginner's program.
 */
#include <pthread.h>

static struct {
	long value, other[7]; /* what lies side by side is another matter */
} calls, last, total;

static void *note(void *arg)
{
	calls.value++;
	last.value = (long)arg;
	total.value += 7;
	return NULL;
}

int main(void)
{
	pthread_t threads[2];

	for (long i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, note, (void *)i);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return 0;
}

/*
 * Two sellers lose an update, and an assert() finds it: the program ends by
 * SIGABRT after its message. A usual beginner's program.
 */
#include <assert.h>
#include <pthread.h>

static pthread_barrier_t both_have_read;
static int seats = 2;

static void *sell(void *arg)
{
	int left = seats;

	pthread_barrier_wait(&both_have_read);
	seats = left - 1;
	return arg;
}

int main(void)
{
	pthread_t one, other;

	pthread_barrier_init(&both_have_read, NULL, 2);
	pthread_create(&one, NULL, sell, NULL);
	pthread_create(&other, NULL, sell, NULL);
	pthread_join(one, NULL);
	pthread_join(other, NULL);
	assert(seats == 0);
	return 0;
}

/* Starts exactly 37 threads, joins 25 of them and leaves 12 running at the end. */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gate.h"

enum { STARTED = 37, LEFT = 12 };

static struct gate running[STARTED], never = GATE_INITIALIZER;

static void *leave_at_once(void *arg)
{
	gate_open(arg);
	return NULL;
}

static void *stay(void *arg)
{
	gate_open(arg);
	gate_wait(&never);
	return NULL;
}

int main(void)
{
	pthread_t threads[STARTED];

	for (int i = 0; i < STARTED; i++) {
		gate_init(&running[i]);
		CHECK(pthread_create(&threads[i], NULL, i < LEFT ? stay : leave_at_once, &running[i]));
	}
	for (int i = 0; i < STARTED; i++)
		gate_wait(&running[i]);
	for (int i = LEFT; i < STARTED; i++)
		CHECK(pthread_join(threads[i], NULL));
	return invariant(true, "started %d, left %d", STARTED, LEFT);
}

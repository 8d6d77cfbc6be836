/* A constructor starts 2 threads that stay; main() starts one and joins it. */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gate.h"

static struct gate never = GATE_INITIALIZER;

static void *stay(void *arg)
{
	(void)arg;
	gate_wait(&never);
	return NULL;
}

static void *idle(void *arg)
{
	return arg;
}

__attribute__((constructor)) static void start_early(void)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, stay, NULL));
	CHECK(pthread_create(&thread, NULL, stay, NULL));
}

int main(void)
{
	pthread_t thread;

	CHECK(pthread_create(&thread, NULL, idle, NULL));
	CHECK(pthread_join(thread, NULL));
	return 0;
}

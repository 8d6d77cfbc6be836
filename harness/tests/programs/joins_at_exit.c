/* 2 threads still run when main() returns; a handler of exit() joins them. */
#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/gate.h"

static struct gate stop = GATE_INITIALIZER;
static pthread_t threads[2];

static void *serve(void *arg)
{
	(void)arg;
	gate_wait(&stop);
	return NULL;
}

static void join_all(void)
{
	gate_open(&stop);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL));
}

int main(void)
{
	REQUIRE(atexit(join_all) == 0);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, serve, NULL));
	return 0;
}

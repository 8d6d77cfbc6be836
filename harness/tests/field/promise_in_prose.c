/*
 * Promise: a tiny future for C, with one thread per value, as several libraries begin.
 *
 * Promise objects are made by promise_new(); promise_get() waits.
 * Author   somebody
 * Licence  MIT
 */
#include <pthread.h>

struct promise {
	pthread_t thread;
	int value;
};

static void *compute(void *arg)
{
	((struct promise *)arg)->value = 42;
	return NULL;
}

int main(void)
{
	struct promise promise = {.value = 0};

	pthread_create(&promise.thread, NULL, compute, &promise);
	pthread_join(promise.thread, NULL);
	return promise.value == 42 ? 0 : 1;
}

/* A library that is loaded late starts 3 threads on the program's behalf, and joins 2 of them. */
#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "kit/check.h"
#include "kit/gate.h"

static struct gate never = GATE_INITIALIZER;

static void stay(void *arg)
{
	if (!arg)
		gate_wait(&never);
}

int main(void)
{
	void *library = dlopen("libuv.so.1", RTLD_NOW);
	int (*create)(pthread_t *, void (*)(void *), void *), (*join)(pthread_t *);
	pthread_t thread;

	REQUIRE(library);
	void *found = dlsym(library, "uv_thread_create");
	memcpy(&create, &found, sizeof create);
	found = dlsym(library, "uv_thread_join");
	memcpy(&join, &found, sizeof join);
	for (int i = 0; i < 2; i++) {
		CHECK(create(&thread, stay, library));
		CHECK(join(&thread));
	}
	CHECK(create(&thread, stay, NULL));
	return 0;
}

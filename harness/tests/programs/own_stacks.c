/* 3 threads on stacks of the program's own, as small as they may be; one by pthread_exit(); one that cannot start. */
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "kit/check.h"

enum { THREADS = 3 };

static void *report_place(void *arg)
{
	char local = 0;
	uintptr_t base = (uintptr_t)arg, here = (uintptr_t)&local;

	if (here % 2)
		pthread_exit((void *)(here - base));
	return (void *)(here - base);
}

int main(void)
{
	size_t size = (size_t)sysconf(_SC_THREAD_STACK_MIN);
	pthread_attr_t attributes;
	pthread_t threads[THREADS], none;
	void *stacks[THREADS], *offset;

	for (int i = 0; i < THREADS; i++) {
		CHECK(posix_memalign(&stacks[i], 4096, size));
		CHECK(pthread_attr_init(&attributes));
		CHECK(pthread_attr_setstack(&attributes, stacks[i], size));
		CHECK(pthread_create(&threads[i], &attributes, report_place, stacks[i]));
		CHECK(pthread_attr_destroy(&attributes));
	}
	for (int i = 0; i < THREADS; i++) {
		CHECK(pthread_join(threads[i], &offset));
		REQUIRE((uintptr_t)offset < size);
		free(stacks[i]);
	}
	CHECK(pthread_attr_init(&attributes));
	CHECK(pthread_attr_setstacksize(&attributes, (size_t)1 << 60));
	REQUIRE(pthread_create(&none, &attributes, report_place, NULL) != 0);
	CHECK(pthread_attr_destroy(&attributes));
	puts("on their own stacks");
	return 0;
}

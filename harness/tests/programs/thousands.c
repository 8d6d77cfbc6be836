/* 5,000 threads in a row: each is joined, every fifth is detached instead and has left before the next. */
#include <pthread.h>

#include "kit/check.h"
#include "kit/schedule.h"

enum { THREADS = 5000, DETACHED_EACH = 5 };
enum { LEAVING };

static void *idle(void *arg)
{
	if (arg)
		schedule_leaving(LEAVING);
	return NULL;
}

int main(void)
{
	pthread_t thread;
	int left = 0;

	for (int i = 0; i < THREADS; i++) {
		void *detached = i % DETACHED_EACH == 0 ? &left : NULL;
		CHECK(pthread_create(&thread, NULL, idle, detached));
		if (!detached) {
			CHECK(pthread_join(thread, NULL));
			continue;
		}
		CHECK(pthread_detach(thread));
		schedule_await_gone(LEAVING);
	}
	return 0;
}

/* Closes every descriptor, puts others in their place, and starts 2 threads. */
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "kit/check.h"

enum { DESCRIPTORS = 1024, OPENED = 10 };

static void *idle(void *arg)
{
	return arg;
}

int main(void)
{
	pthread_t thread;

	for (int i = 0; i < DESCRIPTORS; i++)
		close(i);
	for (int i = 0; i < OPENED; i++)
		REQUIRE(open("/dev/null", O_RDWR) == i);
	for (int i = 600; i < DESCRIPTORS; i++)
		REQUIRE(dup2(0, i) == i);
	for (int i = 600; i < DESCRIPTORS; i++)
		close(i);
	for (int i = 0; i < 2; i++) {
		CHECK(pthread_create(&thread, NULL, idle, NULL));
		CHECK(pthread_join(thread, NULL));
	}
	return 0;
}

/* main() ends by pthread_exit(); the last of 3 threads ends the process, and nobody joins that one. */
#include <pthread.h>
#include <stdio.h>

#include "kit/check.h"

static pthread_t main_thread, other;

static void *idle(void *arg)
{
	return arg;
}

static void *join_the_rest(void *arg)
{
	(void)arg;
	CHECK(pthread_join(other, NULL));
	CHECK(pthread_join(main_thread, NULL));
	puts("all joined");
	return NULL;
}

int main(void)
{
	pthread_t third, last;

	main_thread = pthread_self();
	CHECK(pthread_create(&third, NULL, idle, NULL));
	CHECK(pthread_join(third, NULL));
	CHECK(pthread_create(&other, NULL, idle, NULL));
	CHECK(pthread_create(&last, NULL, join_the_rest, NULL));
	pthread_exit(NULL);
}

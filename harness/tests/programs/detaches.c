/* 3 threads, detached by their attributes, by their creator, and by themselves; a fourth has ended before. */
#include <pthread.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/schedule.h"

enum { FIRST, SECOND, THIRD, FOURTH };

static struct gate go = GATE_INITIALIZER;

static void *wait_and_leave(void *arg)
{
	gate_wait(&go);
	schedule_leaving(*(int *)arg);
	return NULL;
}

static void *detach_and_leave(void *arg)
{
	CHECK(pthread_detach(pthread_self()));
	schedule_leaving(*(int *)arg);
	return NULL;
}

static void *end_at_once(void *arg)
{
	schedule_leaving(*(int *)arg);
	return NULL;
}

int main(void)
{
	int points[] = {FIRST, SECOND, THIRD, FOURTH};
	pthread_attr_t attributes;
	pthread_t thread, ended;

	CHECK(pthread_attr_init(&attributes));
	CHECK(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED));
	CHECK(pthread_create(&thread, &attributes, wait_and_leave, &points[0]));
	CHECK(pthread_attr_destroy(&attributes));
	CHECK(pthread_create(&thread, NULL, wait_and_leave, &points[1]));
	CHECK(pthread_detach(thread));
	CHECK(pthread_create(&thread, NULL, detach_and_leave, &points[2]));
	CHECK(pthread_create(&ended, NULL, end_at_once, &points[3]));
	schedule_await_gone(FOURTH);
	CHECK(pthread_detach(ended));
	gate_open(&go);
	for (int i = FIRST; i <= THIRD; i++)
		schedule_await_gone(i);
	return 0;
}

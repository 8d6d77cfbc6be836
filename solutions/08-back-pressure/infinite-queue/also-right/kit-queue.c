/*
 * The kit's queue carries the photos, and a count beside it bounds them. The
 * queue alone would not do: it forgets a photo when the printer takes it.
 *
 * Promise   at most LAB_ROOM photos are taken and not printed; a customer who comes then is told at once.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when in_lab <= 8, joined == started
 */
#include "lab.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "kit/check.h"
#include "kit/queue.h"

static struct {
	pthread_mutex_t lock;
	int in_lab;  /* taken and not yet printed; guarded by lock */
	bool closed; /* guarded by lock */
	struct queue photos;
	lab_print *print;
	pthread_t printer; /* joined by lab_close() */
} lab = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *print_all(void *arg)
{
	void *photo;

	while (queue_take(&lab.photos, &photo)) {
		lab.print((int)(intptr_t)photo);
		CHECK(pthread_mutex_lock(&lab.lock));
		lab.in_lab--;
		CHECK(pthread_mutex_unlock(&lab.lock));
	}
	return arg;
}

void lab_open(lab_print *print)
{
	lab.print = print;
	queue_init(&lab.photos, LAB_ROOM);
	NEED(pthread_create(&lab.printer, NULL, print_all, NULL));
}

enum lab_answer lab_submit(int photo)
{
	CHECK(pthread_mutex_lock(&lab.lock));
	enum lab_answer answer = lab.closed ? LAB_CLOSED : lab.in_lab == LAB_ROOM ? LAB_BUSY : LAB_TAKEN;
	if (answer == LAB_TAKEN) {
		lab.in_lab++;
		/* Under the lock, so that the order of the taking is the order in the queue. There is room, so it does not wait. */
		REQUIRE(queue_offer(&lab.photos, (void *)(intptr_t)photo));
	}
	CHECK(pthread_mutex_unlock(&lab.lock));
	return answer;
}

void lab_close(void)
{
	CHECK(pthread_mutex_lock(&lab.lock));
	lab.closed = true;
	CHECK(pthread_mutex_unlock(&lab.lock));
	queue_close(&lab.photos);
	CHECK(pthread_join(lab.printer, NULL));
	queue_destroy(&lab.photos);
}

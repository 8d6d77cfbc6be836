/*
 * The room itself is a semaphore: a caller that gets a place without waiting has it
 * until the photo is printed. The places and the list are counted apart, so
 * the list cannot be full when a place was free.
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

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	sem_t places;			    /* free: LAB_ROOM less those that are taken and not printed */
	int photos[LAB_ROOM], first, count; /* taken and not yet in the printer; guarded by lock */
	bool closed;			    /* guarded by lock */
	lab_print *print;
	pthread_t printer; /* joined by lab_close() */
} lab = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void *print_all(void *arg)
{
	CHECK(pthread_mutex_lock(&lab.lock));
	while (!lab.closed || lab.count > 0) {
		if (lab.count == 0) {
			CHECK(pthread_cond_wait(&lab.changed, &lab.lock));
			continue;
		}
		int photo = lab.photos[lab.first];
		lab.first = (lab.first + 1) % LAB_ROOM;
		lab.count--;
		CHECK(pthread_mutex_unlock(&lab.lock));
		lab.print(photo);
		REQUIRE(sem_post(&lab.places) == 0);
		CHECK(pthread_mutex_lock(&lab.lock));
	}
	CHECK(pthread_mutex_unlock(&lab.lock));
	return arg;
}

void lab_open(lab_print *print)
{
	lab.print = print;
	REQUIRE(sem_init(&lab.places, 0, LAB_ROOM) == 0);
	NEED(pthread_create(&lab.printer, NULL, print_all, NULL));
}

enum lab_answer lab_submit(int photo)
{
	enum lab_answer answer = LAB_TAKEN;

	CHECK(pthread_mutex_lock(&lab.lock));
	if (lab.closed) {
		answer = LAB_CLOSED;
	} else if (sem_trywait(&lab.places) != 0) {
		REQUIRE(errno == EAGAIN || errno == EINTR);
		answer = LAB_BUSY;
	} else {
		lab.photos[(lab.first + lab.count++) % LAB_ROOM] = photo;
		CHECK(pthread_cond_signal(&lab.changed));
	}
	CHECK(pthread_mutex_unlock(&lab.lock));
	return answer;
}

void lab_close(void)
{
	CHECK(pthread_mutex_lock(&lab.lock));
	lab.closed = true;
	CHECK(pthread_cond_signal(&lab.changed));
	CHECK(pthread_mutex_unlock(&lab.lock));
	CHECK(pthread_join(lab.printer, NULL));
}

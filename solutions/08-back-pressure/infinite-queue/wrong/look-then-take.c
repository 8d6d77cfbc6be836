/*
 * A function says whether there is room, under the lock; if there is, lab_submit() takes it, under the lock.
 *
 * Tempting  each function is short, has one purpose, and holds the lock for whatever it touches. No detector reports
 *           anything.
 * Refused   the test: between the two the lock is free. Two machines look, both see the last place, both take it. What
 *           was seen holds for as long as the lock is held.
 * test      fails gives_the_last_place_once
 */
#include "lab.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int photos[LAB_ROOM], first, count; /* taken and not yet printed; guarded by lock */
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
		CHECK(pthread_mutex_unlock(&lab.lock));
		lab.print(photo);
		CHECK(pthread_mutex_lock(&lab.lock));
		/* Only now: a photo in the printer is not printed, and keeps its place. */
		lab.first = (lab.first + 1) % LAB_ROOM;
		lab.count--;
	}
	CHECK(pthread_mutex_unlock(&lab.lock));
	return arg;
}

void lab_open(lab_print *print)
{
	lab.print = print;
	NEED(pthread_create(&lab.printer, NULL, print_all, NULL));
}

/* Whether there is room. */
static bool has_room(void)
{
	CHECK(pthread_mutex_lock(&lab.lock));
	bool room = lab.count < LAB_ROOM;
	CHECK(pthread_mutex_unlock(&lab.lock));
	return room;
}

enum lab_answer lab_submit(int photo)
{
	enum lab_answer answer = LAB_TAKEN;

	if (!has_room())
		return LAB_BUSY;
	CHECK(pthread_mutex_lock(&lab.lock));
	if (lab.closed) {
		answer = LAB_CLOSED;
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

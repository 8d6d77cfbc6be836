/*
 * A count of its own for the promise: so many were taken.
 *
 * Tempting  one number, counted where it is compared, and the printer's loop need not be touched at all.
 * Refused   the tests: nobody gives the room back. After LAB_ROOM photos the lab is busy until it closes.
 * test      fails gives_the_last_place_once, has_room_again, prints_what_it_took
 */
#include "lab.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int photos[LAB_ROOM], first, count; /* taken and not yet printed; guarded by lock */
	int taken;			    /* guarded by lock */
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

enum lab_answer lab_submit(int photo)
{
	enum lab_answer answer = LAB_TAKEN;

	CHECK(pthread_mutex_lock(&lab.lock));
	if (lab.closed) {
		answer = LAB_CLOSED;
	} else if (lab.taken == LAB_ROOM) {
		answer = LAB_BUSY;
	} else {
		lab.photos[(lab.first + lab.count++) % LAB_ROOM] = photo;
		lab.taken++;
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

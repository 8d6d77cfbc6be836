/*
 * When the lab closes, the printer ends after its photo, and lab_close() prints the rest.
 *
 * Tempting  all is printed that was taken, once and in order, and the thread that closes has nothing else to do.
 * Refused   the tests: print() is called from a thread of the lab's own. The thread that closes may be one that must not
 *           print: it has a lock in its hands, or it is that of the screen.
 * test      fails gives_the_last_place_once, has_room_again
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
	while (!lab.closed) {
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

enum lab_answer lab_submit(int photo)
{
	enum lab_answer answer = LAB_TAKEN;

	CHECK(pthread_mutex_lock(&lab.lock));
	if (lab.closed) {
		answer = LAB_CLOSED;
	} else if (lab.count == LAB_ROOM) {
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
	for (; lab.count > 0; lab.count--, lab.first = (lab.first + 1) % LAB_ROOM)
		lab.print(lab.photos[lab.first]);
}

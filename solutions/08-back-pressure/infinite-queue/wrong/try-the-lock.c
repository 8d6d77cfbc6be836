/*
 * lab_submit() tries the lock, and if somebody has it the lab is busy.
 *
 * Tempting  it was promised that the machine never waits, and a lock is something that one waits for.
 * Refused   the test: who has the lock has it for a moment, to count, and not while a photo is printed. A customer who
 *           comes in that moment is sent away from an empty lab.
 * test      fails has_room_again
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

enum lab_answer lab_submit(int photo)
{
	enum lab_answer answer = LAB_TAKEN;

	if (pthread_mutex_trylock(&lab.lock) != 0)
		return LAB_BUSY; /* to take the lock might be to wait */
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
}

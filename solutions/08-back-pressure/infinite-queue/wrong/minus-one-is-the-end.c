/*
 * lab_close() hands in a last photo, -1, and the printer ends where it finds that.
 *
 * Tempting  no flag is looked at beside the queue, and what was taken before the end is printed before the end.
 * Refused   the test: the header says that a photo is an int, and not which. A customer whose photo has that number
 *           closes the lab's printer, and the lab goes on taking.
 * test      fails has_room_again
 */
#include "lab.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int photos[LAB_ROOM + 1], first, count; /* taken and not yet printed; guarded by lock */
	bool closed;				/* guarded by lock */
	lab_print *print;
	pthread_t printer; /* joined by lab_close() */
} lab = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void *print_all(void *arg)
{
	CHECK(pthread_mutex_lock(&lab.lock));
	for (;;) {
		if (lab.count == 0) {
			CHECK(pthread_cond_wait(&lab.changed, &lab.lock));
			continue;
		}
		int photo = lab.photos[lab.first];
		if (photo == -1)
			break;
		CHECK(pthread_mutex_unlock(&lab.lock));
		lab.print(photo);
		CHECK(pthread_mutex_lock(&lab.lock));
		/* Only now: a photo in the printer is not printed, and keeps its place. */
		lab.first = (lab.first + 1) % (LAB_ROOM + 1);
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
		lab.photos[(lab.first + lab.count++) % (LAB_ROOM + 1)] = photo;
		CHECK(pthread_cond_signal(&lab.changed));
	}
	CHECK(pthread_mutex_unlock(&lab.lock));
	return answer;
}

void lab_close(void)
{
	CHECK(pthread_mutex_lock(&lab.lock));
	lab.closed = true;
	lab.photos[(lab.first + lab.count++) % (LAB_ROOM + 1)] = -1;
	CHECK(pthread_cond_signal(&lab.changed));
	CHECK(pthread_mutex_unlock(&lab.lock));
	CHECK(pthread_join(lab.printer, NULL));
}

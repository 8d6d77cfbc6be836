/*
 * When the lab is full, the photo that has waited longest makes room for the new one.
 *
 * Tempting  memory is bounded, nobody waits, nobody is refused, and fresh photos are worth more than stale ones.
 * Refused   the tests and the budget: LAB_TAKEN was the lab's word. The caller that had it was not told that it was
 *           taken back.
 * test      fails gives_the_last_place_once, prints_what_it_took, says_busy_when_full
 * budget    fires in_lab in take when in_lab <= 8, joined == started
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
		lab.first = (lab.first + 1) % LAB_ROOM;
		lab.count--;
		CHECK(pthread_mutex_unlock(&lab.lock));
		lab.print(photo);
		CHECK(pthread_mutex_lock(&lab.lock));
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
	} else {
		if (lab.count == LAB_ROOM) {
			lab.first = (lab.first + 1) % LAB_ROOM;
			lab.count--;
		}
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

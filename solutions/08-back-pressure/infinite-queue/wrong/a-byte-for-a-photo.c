/*
 * The photos go to the printer through a pipe, a byte for each.
 *
 * Tempting  a pipe is a queue with an end, it wakes the printer, and one byte is written in one piece.
 * Refused   the test: a photo is an int. Of one that does not fit into a byte the printer gets another one's number.
 * test      fails has_room_again
 */
#include "lab.h"

#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "kit/check.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int line[2], count; /* taken and not yet printed; guarded by lock */
	bool closed;	    /* guarded by lock */
	lab_print *print;
	pthread_t printer; /* joined by lab_close() */
} lab = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void *print_all(void *arg)
{
	unsigned char photo;

	while (read(lab.line[0], &photo, 1) == 1) {
		lab.print(photo);
		CHECK(pthread_mutex_lock(&lab.lock));
		lab.count--;
		CHECK(pthread_mutex_unlock(&lab.lock));
	}
	return arg;
}

void lab_open(lab_print *print)
{
	lab.print = print;
	HAVE(pipe(lab.line) == 0);
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
		unsigned char byte = (unsigned char)photo;
		lab.count++;
		REQUIRE(write(lab.line[1], &byte, 1) == 1);
	}
	CHECK(pthread_mutex_unlock(&lab.lock));
	return answer;
}

void lab_close(void)
{
	CHECK(pthread_mutex_lock(&lab.lock));
	lab.closed = true;
	close(lab.line[1]);
	CHECK(pthread_mutex_unlock(&lab.lock));
	CHECK(pthread_join(lab.printer, NULL));
	close(lab.line[0]);
}

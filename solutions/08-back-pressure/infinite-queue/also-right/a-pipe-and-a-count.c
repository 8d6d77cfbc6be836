/*
 * A pipe carries the photos to the printer, and wakes it; a count bounds them. All
 * that may be in the lab has room in the pipe, so the write under the lock does not
 * wait, and closing one end is the end of the work.
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
	int photo;

	while (read(lab.line[0], &photo, sizeof photo) == (ssize_t)sizeof photo) {
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
		lab.count++;
		REQUIRE(write(lab.line[1], &photo, sizeof photo) == (ssize_t)sizeof photo);
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

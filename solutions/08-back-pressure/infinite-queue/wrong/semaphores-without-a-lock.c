/*
 * Two semaphores, one for the places and one for the photos, and no lock.
 *
 * Tempting  they count exactly, the machine never waits, and the printer never touches a slot that is being filled.
 * Refused   tsan and helgrind: they order the machine and the printer, but not one machine and another. Two that hand
 *           in at the same moment get two places and write to the same slot. The tests pass.
 * test      passes
 * tsan      fires  data-race in lab_submit
 * helgrind  fires  Race in lab_submit
 */
#include "lab.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>

#include "kit/check.h"

static struct {
	sem_t places, photos_there;
	int photos[LAB_ROOM];
	unsigned first; /* the printer's */
	unsigned last;	/* the machine's */
	bool closed;
	lab_print *print;
	pthread_t printer; /* joined by lab_close() */
} lab;

static void take(sem_t *semaphore)
{
	while (sem_wait(semaphore) != 0)
		REQUIRE(errno == EINTR);
}

static void *print_all(void *arg)
{
	for (;;) {
		take(&lab.photos_there);
		if (lab.closed)
			return arg;
		lab.print(lab.photos[lab.first++ % LAB_ROOM]);
		REQUIRE(sem_post(&lab.places) == 0);
	}
}

void lab_open(lab_print *print)
{
	lab.print = print;
	REQUIRE(sem_init(&lab.places, 0, LAB_ROOM) == 0 && sem_init(&lab.photos_there, 0, 0) == 0);
	NEED(pthread_create(&lab.printer, NULL, print_all, NULL));
}

enum lab_answer lab_submit(int photo)
{
	if (lab.closed)
		return LAB_CLOSED;
	if (sem_trywait(&lab.places) != 0)
		return LAB_BUSY;
	lab.photos[lab.last++ % LAB_ROOM] = photo;
	REQUIRE(sem_post(&lab.photos_there) == 0);
	return LAB_TAKEN;
}

void lab_close(void)
{
	/* Who has all the places knows that all is printed. */
	for (int i = 0; i < LAB_ROOM; i++)
		take(&lab.places);
	lab.closed = true;
	REQUIRE(sem_post(&lab.photos_there) == 0);
	CHECK(pthread_join(lab.printer, NULL));
}

/*
 * Each scan has its thread, its handle and its result. At most eight run at a
 * time; the others wait for a scanner to be free.
 *
 * Tempting  the chapter on pools has taught that threads need a bound, and who waits in a thread holds up nobody.
 * Refused   by the test: "for this scan, and for no other". The ninth reel waits for the eight before it, and so does who
 *           waits for it. A bound is a promise too, and has to be in the header: here each reel has a scanner of its own.
 * test      fails waits_for_no_other
 */
#include "reel.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kit/check.h"

struct scan {
	reel_next *next;
	void *reel;
	pthread_t scanner;
	/* of the scanner until it has been joined, then of its joiner: needs no lock */
	int frames;
	enum scan_result result;
};

enum { SCANNERS = 8 };

static sem_t scanners; /* that are free */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make(void)
{
	REQUIRE(sem_init(&scanners, 0, SCANNERS) == 0);
}

static void *scan_all(void *arg)
{
	struct scan *scan = arg;
	enum frame frame;

	while (sem_wait(&scanners) != 0)
		;
	while ((frame = scan->next(scan->reel)) == FRAME_SCANNED)
		scan->frames++;
	scan->result = frame == FRAME_TORN ? SCAN_TORN : SCAN_WHOLE;
	REQUIRE(sem_post(&scanners) == 0);
	return NULL;
}

struct scan *scan_start(reel_next *next, void *reel)
{
	struct scan *scan = malloc(sizeof *scan);

	HAVE(scan);
	*scan = (struct scan){.next = next, .reel = reel};
	CHECK(pthread_once(&once, make));
	NEED(pthread_create(&scan->scanner, NULL, scan_all, scan));
	return scan;
}

enum scan_result scan_wait(struct scan *scan, int *frames)
{
	CHECK(pthread_join(scan->scanner, NULL));
	enum scan_result result = scan->result;
	*frames = scan->frames;
	free(scan);
	return result;
}

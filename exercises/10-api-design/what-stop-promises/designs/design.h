/*
 * What the designs of the tide gauge have in common. Each is the body of a
 * tide.c: a struct, a start, a stop. Ten of them stand in one program, so that
 * each has names of its own; their threads are counted (kit/counted.h).
 *
 * The interval is in the hands of the test: it passes when the test says so.
 */
#ifndef DESIGN_H
#define DESIGN_H

#include <stdbool.h>
#include <stdlib.h>

#include "kit/check.h"
#include "kit/counted.h"
#include "tide.h"

#define pthread_create counted_create
#define pthread_join counted_join
#define pthread_detach counted_detach

struct design {
	const char *name;
	const char *harm; /* what its callers suffer; NULL: it is right */
	void *(*start)(tide_read *read, tide_show *show, void *board);
	void (*stop)(void *tide);
	void (*at_exit)(void); /* what it has registered with atexit(); may be NULL */
};

/* A stop token for a wait of one interval. Zeroed, it is ready; any thread may ring it. */
struct bell {
	bool rung;
};

void bell_ring(struct bell *bell);
/* Waits for the interval to pass, or for the bell. True: it was rung. */
bool bell_or_interval(struct bell *bell);
/* Waits for the interval to pass, and for nothing else. */
void sleep_an_interval(void);

#endif

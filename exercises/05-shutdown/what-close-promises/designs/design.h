/*
 * What the designs of the press have in common: a desk with places for the jobs
 * that wait, and the thread that prints them one after the other. A design that
 * says desk_submit() or desk_print() does what stands in desk.c; what it does
 * otherwise is in its own file.
 *
 * Ten of them stand in one program, each with a desk of its own and names of its
 * own; their threads are counted (kit/counted.h).
 */
#ifndef DESIGN_H
#define DESIGN_H

#include <stdbool.h>

#include "kit/check.h"
#include "kit/counted.h"
#include "press.h"

#define pthread_create counted_create
#define pthread_join counted_join
#define pthread_detach counted_detach

struct design {
	const char *name;
	const char *harm; /* what its customers suffer; NULL: it is right */
	void (*open)(press_print *print, void *hall);
	bool (*submit)(struct job *job);
	void (*close)(void);
	void (*at_exit)(void); /* what it has registered with atexit(); may be NULL */
};

/* Gives the job's memory back. */
void job_release(struct job *job);

struct desk {
	press_print *print;
	void *hall;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	struct job *jobs[PRESS_ROOM]; /* the first is the oldest */
	int count;
	bool closed;
};

#define DESK                                                                                                           \
	{                                                                                                              \
		.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER                                 \
	}

#endif

/*
 * One run of one program under one detector: a directory of its own, the
 * supervisor around it, and the observation at the end. What a run means is not
 * decided here.
 */
#ifndef LOOSE_RUNNER_H
#define LOOSE_RUNNER_H

#include <stdint.h>

#include "loop.h"
#include "sandbox.h"
#include "verdict/observation.h"
#include "workbook/catalogue.h"

struct run_request {
	const struct detector *detector;
	char *executable;		  /* absolute path */
	bool tests;			  /* a Criterion program */
	bool first_failure;		  /* of which no test is begun once one has failed */
	char *const *arguments;		  /* for the program; may be NULL */
	char *const *own;		  /* absolute directories of the program's own sources, NULL at the end */
	const char *bounds;		  /* of the budget; may be NULL */
	const struct sighting *sightings; /* for a recorder */
	size_t sighting_count;
	long deadline_ms;
	bool keep_output; /* the observation has what the program wrote */
	long idle_ms; /* so long it may wait for something from outside and do nothing else; 0: until the deadline */
	bool hurry;   /* as run_hurry(), from the start */
	const char *input; /* a file, absolute; NULL: an empty standard input */
	int stop_signal;   /* sent once it does nothing but wait, or after stop_ms; 0: none */
	long stop_ms;
	const struct sandbox *sandbox; /* NULL: none */
	uint64_t delays;  /* seed of random ones at starts, wake-ups and ends of threads (runtime/delays.c); 0: none */
	bool own_network; /* each run has its own, where the machine allows it: two may take the same port */
};

/* A run on its way. */
struct running;

struct run_end {
	enum end how;
	struct observation *seen; /* done: what was seen, which the callee takes over */
	const char *why;	  /* not started: a line for the reader */
};

typedef void (*run_ended)(void *context, const struct run_end *end);

/* The request and what it points to must live until the run has ended. */
struct running *run_start(struct loop *loop, const struct run_request *request, run_ended ended, void *context);
void run_stop(struct running *running);
/* Another run of the program is in a deadlock: if this one stands still too, it is in one, and not waiting for a signal. */
void run_hurry(struct running *running);
void run_join(struct running *running);
/* Takes away a directory and what is in it, or a file. */
void run_remove(const char *path);

#endif

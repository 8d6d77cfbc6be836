/*
 * The trace of a run: which thread did what, in the order in which it was seen,
 * and what each step waited for. Written as lines of JSON, an object each. The
 * first line is the head:
 *
 *     {"trace":1,"program":"02-ownership/implicit-contract broken","threads":["main","evict_loop"]}
 *
 * A name for each thread by its number, in the order of their starts: the
 * function that it runs, and "worker 2" for the second of that name. Then "lost",
 * when not all could be recorded, says what is missing; "left_out" says how many
 * threads and steps a choice (select.h) has left out. Then the steps, which count
 * from 1:
 *
 *     {"step":3,"thread":1,"does":"wait","on":"point MINUTE_PASSED","file":"broken.c","line":58,
 *      "in":"evict_loop","after":[2]}
 *
 * `after` names the steps of other threads without which this one could not have
 * happened: a begin comes after its start, a join after the end, a go after what
 * was waited for. With the order within each thread they make the partial order
 * of the run; the order of the lines is one of those that it allows.
 *
 * Of a choice in which a lane stands for several threads that are equal, "times" says what struct fold (fold.h) has of the
 * step, and the thread's name is "worker x3".
 *
 * Members that a step has not are left out. In memory steps and threads count
 * from 0, and `after` holds indexes of steps.
 */
#ifndef LOOSE_TRACE_H
#define LOOSE_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum trace_does {
	DOES_START,  /* a thread: `other` */
	DOES_BEGIN,  /* the first of a thread */
	DOES_END,    /* the last of a thread */
	DOES_JOIN,   /* `other` has been joined */
	DOES_DETACH, /* `other` */
	DOES_WAIT,   /* for `on`, or for the end of `other`; without a "go" after it in its thread it waits for ever */
	DOES_GO,     /* the wait is over */
	DOES_REACH,  /* a point of the schedule: `on` */
	DOES_LOCK,
	DOES_UNLOCK,
	DOES_SIGNAL,
	DOES_BROADCAST,
	DOES_PUT,  /* something into a queue: `on`; a go of who takes it comes after it */
	DOES_OPEN, /* a gate is opened, a stop asked for, a queue closed: `on` */
	DOES_ALLOC,
	DOES_FREE,
	DOES_GAUGE,   /* `name` has become `value` */
	DOES_READ,    /* an access that a finding names, to `on` */
	DOES_WRITE,   /* likewise */
	DOES_FINDING, /* `kind`, of `detector`; after the other access, if there are two */
	DOES_EXIT,    /* the program has ended */
	TRACE_DOES
};

struct trace_step {
	int thread;
	enum trace_does does;
	int other;  /* a thread; -1: none */
	char *on;   /* "point MINUTE_PASSED", "lock 1", "condition 1", "block 2"; NULL: none */
	char *file; /* of the program's own source, by its name alone: "broken.c"; NULL: nowhere in it */
	int line;   /* 0: nowhere in it */
	char *in;   /* its function; NULL likewise */
	char *name; /* of a gauge; else NULL */
	long long value;
	int times;	       /* in a choice: as in struct fold (fold.h); else 0 */
	char *kind, *detector; /* of a finding; else NULL */
	size_t *after;	       /* indexes of steps, ascending, all below its own */
	size_t after_count;
};

struct trace {
	char *program; /* "02-ownership/implicit-contract broken" */
	char **threads;
	size_t thread_count;
	struct trace_step *steps;
	size_t count;
	char *lost; /* what could not be recorded; NULL: nothing */
	size_t threads_left_out, steps_left_out;
};

/* Each appends, and returns what it has appended, which the trace owns; `other` is -1, the rest of a step 0 and NULL. */
const char *trace_add_thread(struct trace *trace, const char *name);
struct trace_step *trace_add(struct trace *trace, int thread, enum trace_does does);
/* The step comes after the one of this index; twice is once. */
void trace_step_after(struct trace_step *step, size_t index);
/* Frees what it owns, and leaves it empty. */
void trace_release(struct trace *trace);

/* The word of the format: "start". */
const char *trace_does_word(enum trace_does does);

/* Whether all was written, the stream tells. */
void trace_write(FILE *out, const struct trace *trace);
/*
 * Reads what trace_write() has written. False, with one line in *error for the
 * caller to free, when it is not a trace: a line that is not a step, a thread or step
 * that does not exist, one that comes after a later one. The trace is empty then.
 */
bool trace_read(FILE *in, struct trace *trace, char **error);

#endif

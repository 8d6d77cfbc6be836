/*
 * The leak budget's monitor: build/monitor.so, preloaded into a program that
 * knows nothing of it. It counts, and sends a report through the channel
 * (detectors/budget/budget_report.h has its lines).
 *
 *     monitor.c          which image is watched; its beginning, forks, its end
 *     monitor_figures.c  the figures: one lock, one order of events
 *     monitor_bounds.c   the bounds that hold at every moment
 *     monitor_threads.c  pthread_create() and its kin
 *     monitor_records.c  what is known of each thread
 *     monitor_gauges.c   what chapters/kit/gauge.h calls
 *     monitor_samples.c  memory, descriptors and CPU time, each 10 ms
 *     monitor_stop.c     when the program was asked to stop
 *     monitor_exec.c     exec*()
 *     monitor_report.c   the report
 *     monitor_text.c     memcpy() and its like
 *
 * Without a channel (wire/channel.h) the monitor sleeps. Environment:
 * LOOSE_PROGRAM, the program to watch; every other image sleeps.
 * LOOSE_BUDGET, the bounds that hold at every moment:
 *
 *     INDEX FIGURE OP CONSTANT [FACTOR FIGURE]...     bounds are separated by ';'
 *     INDEX stop SIGNAL
 *
 * OP is <=, <, >= or >. FIGURE may end in ".start": its value at the beginning.
 *
 * What keeps the monitor from disturbing its host:
 *
 * - Every change of a figure and the check of all bounds after it happen under
 *   one lock, so that a bound is only ever held against a state that was. No
 *   code of the program runs under it, and all signals are blocked: neither a
 *   handler nor a cancellation nor a fork() from one comes in between.
 * - The state lies in memory that a fork leaves empty in the child. The child
 *   begins anew, whatever the parent's threads were doing, and whichever way it
 *   was forked.
 * - Nothing calls malloc(), stdio or the dynamic linker once begun, and system
 *   calls are made without the C library, which would set errno.
 * - It costs about a millisecond when the program starts, and from then on less
 *   than 2 % of a processor, on a laptop of today. A test holds it to what such
 *   figures cost on any machine: at most half as much again as a program uses
 *   that measures itself as often.
 */
#ifndef LOOSE_MONITOR_H
#define LOOSE_MONITOR_H

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "wire/figures.h"

/* Everything else is hidden. */
#define EXPORT __attribute__((visibility("default")))

enum {
	TRACE_SIZE = 12,
	MAX_SITES = 64,
	BUCKETS = 256,
};

/* A program's gauges come after the figures that every program has. */
enum { MAX_FIGURES = FIGURES + GAUGES_MOST };

struct figure {
	char name[FIGURE_NAME_SIZE];
	long long now, start, peak, at_exit;
	bool published; /* a gauge that the program has touched, not only a bound */
};

/* Return addresses, innermost first. */
struct trace {
	uintptr_t pcs[TRACE_SIZE];
	size_t count;
};

/* Where threads are started: the routine they run, and the stack of the call. */
struct site {
	uintptr_t routine;
	struct trace trace;
	long long started;
	struct {
		long long joined, detached, live, unjoined;
	} now, at_exit;
};

struct bound {
	int index; /* the harness's number of it */
	int figure;
	enum { AT_MOST, BELOW, AT_LEAST, ABOVE } op;
	long long constant;
	struct {
		long long factor;
		int figure;
		bool start;
	} terms[BOUND_TERMS];
	size_t term_count;
};

/* A bound that did not hold: when it first did not, and when it was missed by most. */
struct broken {
	bool is;
	long long at, value, limit;
	long long worst_at, worst_value, worst_limit;
	uintptr_t routine; /* that most threads were running, at first */
	struct trace trace;
};

struct thread;

/* One per process, in memory that a fork empties. */
struct state {
	int lock; /* guards all below but `ready` and `pid`, which do not change once it is taken */
	int ready;
	long pid;
	long long began; /* on the monotonic clock, in microseconds; all other times count from it */
	struct figure figures[MAX_FIGURES];
	size_t figure_count;
	struct site sites[MAX_SITES];
	size_t site_count;
	struct broken broken[BUDGET_BOUNDS];
	long long series[BUCKETS][MAX_FIGURES]; /* peaks in stretches of time of equal width */
	long long width;
	size_t bucket;		       /* the last one in use */
	bool forked;		       /* not an image of its own */
	bool frozen;		       /* the values at exit are taken */
	bool closed;		       /* the report is written */
	long long frozen_at, asked_at; /* asked to stop; negative: not yet */
	long long cpu_began, sampler_cpu;
	const char *lost;	    /* what did not fit; NULL: nothing */
	struct thread *known[1024]; /* by their handle */
	struct thread *spare;	    /* records that are free */
};

/* What does not change after the beginning, and a forked child shares. */
struct config {
	enum { UNKNOWN, ASLEEP, AWAKE } mode;
	struct bound bounds[BUDGET_BOUNDS];
	size_t bound_count;
	int stop_signal;			    /* 0: no bound on stopping */
	const char *fault;			    /* in LOOSE_BUDGET; NULL: none */
	char gauges[GAUGES_MOST][FIGURE_NAME_SIZE]; /* that bounds name */
	size_t gauge_count;
};

extern struct state *state;
extern struct config config;

/* --- the program's own calls, as the next library has them --- */

/* clang-format off */
#define REALS(X)                                                                                                       \
	X(pthread_create) X(pthread_join) X(pthread_tryjoin_np) X(pthread_timedjoin_np) X(pthread_clockjoin_np)        \
	X(pthread_detach) X(thrd_create) X(thrd_join) X(thrd_detach) X(fork) X(exit) X(_exit) X(_Exit) X(quick_exit)   \
	X(execve) X(execvpe) X(fexecve) X(execveat) X(sigaction) X(sigwait) X(sigwaitinfo) X(sigtimedwait) X(kill)     \
	X(raise) X(pthread_kill) X(clock_gettime) X(clone)
/* clang-format on */

#define REAL_MEMBER(function) __typeof__(&function) function;
struct real {
	REALS(REAL_MEMBER)
};

/* Always filled when it is returned, also where the monitor sleeps. */
const struct real *real(void);

/* --- monitor.c --- */

/* Wakes the monitor up if need be. False: there is nothing to do. */
bool monitor_awake(void);
/* False in a vfork()ed child, which has its parent's memory and must not touch it. */
bool monitor_is_own_process(void);
/* The program is built with ThreadSanitizer. */
bool monitor_is_tsan(void);
/* "At exit" is now; the first call counts. */
void monitor_freeze(void);
/* Freezes, and writes the report; `how` it ended. */
void monitor_close(const char *how);

/* --- monitor_figures.c --- */

/* One step in the order of events. */
struct section {
	uint64_t signals; /* the thread's mask, to be put back */
	bool masked;
};

/* Where in the program an event comes from. Members may be 0 or NULL. */
struct where {
	void *frame;		   /* of the interposed function, whose caller is meant */
	const struct trace *trace; /* taken already */
};

/* Takes the lock. False: there is nothing to do, and nothing to leave. */
bool section_enter(struct section *section);
/* The same for the sampler, whose signals are blocked. */
void section_enter_sampler(struct section *section);
void section_leave(struct section *section);

/* What these do is one event: first the time, then any changes to figures[].now, then the check of all bounds. */
void figures_begin_event(void);
void figures_end_event(const struct where *where);
void figures_init(void);
/* The number of the figure, or of the gauge, which is made if need be; -1 when there is no room. */
int figure_named(const char *name);
void trace_take(struct trace *trace, void *frame);
long long monitor_now(void); /* microseconds since the beginning */
extern const char *const figure_names[FIGURES];

/* --- monitor_bounds.c --- */

/* Fills config.bounds, before there is any state; what it cannot read it leaves in config.fault. */
void bounds_read(const char *text);
/* In an event. */
void bounds_check(const struct where *where);

/* --- monitor_samples.c --- */

void samples_start(void);     /* the sampler; once, in the first thread */
void samples_init(void);      /* the figures at the beginning */
void samples_take(void);      /* in an event, by one of the program's threads */
void samples_take_last(void); /* the CPU time, and the peak that the kernel knows */
long long clock_us(int clock);

/* --- monitor_records.c, in a section --- */

/* The monitor's record of a thread. */
struct thread {
	struct thread *next; /* with the same hash, or the next spare one */
	long pid;	     /* of the process that made it: a forked child finds records of its parent's */
	pthread_t id;
	struct site *site;
	void *(*routine)(void *);
	int (*c11_routine)(void *);
	void *arg;
	bool known;   /* counted, and in the table by its id */
	bool created; /* pthread_create() has returned */
	bool ended, detached, joined;
	int joiners; /* that look at this record */
};

struct thread *record_new(void); /* NULL: no memory */
void record_free(struct thread *record);
/* NULL: a thread that is not watched. */
struct thread *record_of(pthread_t id);
void record_make_known(struct thread *record, pthread_t id);
/* Frees the record when the thread has ended and nobody can ask for it any more. */
void record_drop_if_over(struct thread *record);
struct site *site_of(uintptr_t routine, const struct trace *trace);
void sites_freeze(void);

/* What has become of a thread, by its record. */
void count_start(struct thread *record);
void count_end(struct thread *record);
void count_main_end(void);
/* 1: it is detached; -1: that failed after all. */
void count_detached(struct thread *record, int by);
void count_joined(struct thread *record);

/* --- monitor_threads.c --- */

/* main() called pthread_exit(), or was cancelled. */
void thread_main_ended(void *unused);

/* --- monitor_stop.c --- */

void stop_asked(void);

/* --- monitor_report.c --- */

/* False when there is nobody to send a report to; before there is any state. */
bool report_open(void);
void report_begin(bool forked);
void report_write(const char *how);
void report_resume(void);
/* True when `device` and `inode` are the report's: it is not a descriptor of the program. */
bool report_is(uint64_t device, uint64_t inode);
int report_descriptor(void);
/* Appends "/NUMBER" where a path ends. */
void path_number(char *end, long number);

#endif

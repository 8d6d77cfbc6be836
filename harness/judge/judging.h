/*
 * From what is to be judged to the results: builds, recalls what has not
 * changed, runs the rest on all cores, and makes the verdicts. What happens is
 * told as events; the caller makes tables, progress lines and files of them.
 *
 *     static const struct judging_events events = {.result = show, .finished = note};
 *     struct judging *judging = judging_start(&workbook, &tasks, &options, &events, context);
 *     judging_join(judging);
 *
 * A judging may be stopped at any moment, from inside an event too, and another
 * begun; a run may begin while other programs are still being compiled. Illegal:
 * to join from inside an event.
 */
#ifndef LOOSE_JUDGING_H
#define LOOSE_JUDGING_H

#include <stdint.h>

#include "crew.h"
#include "exec/loop.h"
#include "results.h"
#include "workbook.h"

/* A pair to judge. */
struct task {
	const struct program *program;
	const struct detector *detector;
	unsigned repeat; /* runs of this pair; 0: as the options say */
	uint64_t delays; /* seed of the second run's delays (runtime/delays.c), the next has the next one; 0: none */
};

struct tasks {
	struct task *items;
	size_t count;
};

/* What a task points to is the caller's, and must live as long as the tasks. */
void tasks_add(struct tasks *tasks, const struct program *program, const struct detector *detector);
void tasks_release(struct tasks *tasks);

/* A program that does not belong to the workbook: how it is made and run. */
struct outside {
	const char *directory;	       /* for the executables, relative to the root; each has its flavour's name */
	char *const *variables;	       /* "NAME=value" for make, NULL at the end: what to compile, and how */
	char *const *arguments;	       /* the program's own, NULL at the end; may be NULL */
	char *const *own;	       /* absolute directories of its sources, NULL at the end */
	const struct sandbox *sandbox; /* in which it is made and run, NULL: in none */
	bool own_network;	       /* each run has its own, so that each can bind the same port */
	const char *input;	       /* a file that is the standard input of each run; NULL: an empty one */
	int stop_signal;	       /* sent when it does nothing but wait, or after so long; 0: nobody stops it */
	long stop_ms;
};

struct judging_options {
	int jobs; /* runs at once; 0: for each core two that compute, eight beside them that wait, and more while it is idle */
	struct crew *crew; /* that several judgings share, instead of `jobs`; NULL: it has its own */
	unsigned repeat;   /* runs of each pair; at least 1 */
	bool fresh;	   /* run also what has not changed */
	long deadline_ms;  /* for one run; 0: two minutes */
	long idle_ms;	   /* so long a program may do nothing but wait for something outside; 0: until the deadline */
	/*
	 * The other detectors wait for the plain tests of a program. Where those ran into a limit of time, each runs once, for at
	 * most `after_timeout_ms`: a program that computes without end would do so in every run. 0: nothing waits.
	 */
	long after_timeout_ms;
	const char *bounds;	       /* of the budget, beside what the program declares; NULL: none */
	const struct outside *outside; /* of all tasks; NULL: programs of the workbook */
	bool keep_output;	       /* observations have what the program printed */
	bool in_order; /* first what is not heavy, then by task: the first results soon; else the heaviest are first */
	bool anew; /* compile the programs' own sources, whatever their times say: they may have changed meanwhile */
	long head_start_ms; /* with in_order: heavy runs wait until the others are over, but at most so long; 0: they do not */
	const struct sighting *sightings; /* of a task whose detector records; see verdict/detector.h */
	size_t sighting_count;
	bool first_failure; /* one test that fails is enough: those after it are not run */
	/*
	 * When everything agrees, the pairs of exercises whose detector is not heavy are run so many times more, each time
	 * with other delays: what passed may have passed by the usual order of its threads. One run that disagrees decides.
	 */
	unsigned late_runs;
	/* May be NULL. False, with one line in *why for free(): what was built for the task is not to be run, and is bad input. */
	bool (*admits)(void *context, size_t task, char **why);
	void *admits_context;
};

/* Of late runs, for what a reader has written. */
enum { LATE_RUNS = 3 };

struct judging;

struct judging_end {
	/*
	 * Done: there is a result for every task. Cancelled: for those that were
	 * judged before, and they stand in the cache. Not started: it could not go
	 * on, and `error` is a line for the reader.
	 */
	enum end how;
	struct results results; /* in the order of the tasks; the callee takes them over */
	const char *error;	/* NULL unless it could not go on */
};

/* `task` is an index into the tasks. Each may be NULL but the last. */
struct judging_events {
	void (*built)(void *context, size_t task); /* its program is there */
	void (*started)(void *context, size_t task);
	void (*result)(void *context, size_t task, const struct result *result); /* after all of its runs */
	void (*late)(
		void *context); /* the late runs begin; of them comes a result for what disagrees now, a second one */
	void (*finished)(void *context, struct judging_end *end);
};

/* The workbook, the tasks, the options and the events must live until it has finished. */
struct judging *judging_start(struct workbook *workbook, const struct tasks *tasks,
			      const struct judging_options *options, const struct judging_events *events,
			      void *context);
void judging_stop(struct judging *judging);
void judging_join(struct judging *judging);

/*
 * Judges all tasks and waits. `events` (its `finished` is not called) may be
 * NULL. 0, with the results, which are the caller's to release: of all tasks, or
 * of some when a signal came. -1 with one line in *error, the caller's too.
 */
int judge_all(struct workbook *workbook, const struct tasks *tasks, const struct judging_options *options,
	      const struct judging_events *events, void *context, struct results *results, char **error);

#endif

/*
 * From what is to be judged to the results: builds, recalls what has not
 * changed, runs the rest on all cores, and makes the verdicts.
 */
#ifndef LOOSE_ENGINE_H
#define LOOSE_ENGINE_H

#include "exec/loop.h"
#include "verdict/result.h"
#include "workbook/catalogue.h"

struct engine_options {
	int jobs;	    /* runs at once; 0: two for each core, and as many beside them that are likely to wait */
	unsigned repeat;    /* runs of each pair; at least 1 */
	bool fresh;	    /* run also what has not changed */
	long deadline_ms;   /* for one run; 0: two minutes */
	bool quiet;	    /* no progress line */
	const char *bounds; /* of the budget, beside what the program declares; NULL: none */
};

/* A pair to judge. */
struct task {
	const struct program *program;
	const struct detector *detector;
};

struct tasks {
	struct task *items;
	size_t count;
};

void tasks_add(struct tasks *tasks, const struct program *program, const struct detector *detector);
void tasks_release(struct tasks *tasks);

/*
 * Judges all tasks; results come in the order of the tasks and are the caller's
 * to release. 0; -1 with one line in *error, the caller's too, when nothing
 * could be judged. When the loop was interrupted the results hold what was
 * judged until then, and it stands in the cache.
 */
int engine_judge(struct loop *loop, const struct toolchain *toolchain, const struct tasks *tasks,
		 const struct engine_options *options, struct results *results, char **error);
void results_release(struct results *results);

/*
 * Judges the doctor's programs under these detectors (NULL-terminated) and
 * fills `results`. 0; -1 as above.
 */
int engine_doctor(struct loop *loop, const struct toolchain *toolchain, const struct catalogue *doctor,
		  const struct detector *const *which, const struct engine_options *options, struct results *results,
		  char **error);

/* The directories of the sources that are the program's own, absolute; the second may be NULL. Caller frees both. */
void program_directories(const char *root, const struct program *program, char *own[2]);
long monotonic_ms(void);

#endif

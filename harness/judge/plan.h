/*
 * What a judging still has to do: each task as a work with all that its runs
 * need, and the queues from which works are taken, the longest first.
 */
#ifndef LOOSE_PLAN_H
#define LOOSE_PLAN_H

#include "crew.h"
#include "exec/runner.h"
#include "judging.h"

/* A task on its way to a result. */
struct work {
	size_t task; /* its index */
	struct result *result;
	struct run_request request;
	char **own;
	char *target;	    /* relative to the root */
	char *bounds;	    /* of the budget; NULL for the other detectors */
	char *key;	    /* in the cache; NULL: not to be kept */
	unsigned runs;	    /* that there will be */
	unsigned started;   /* of them */
	uint64_t delays;    /* as the task's */
	unsigned undelayed; /* the first of them, which are what they are everywhere */
	bool asked_for;	    /* make will be asked for its program */
	bool settled;	    /* its program is there, or is known not to compile */
	bool held;	    /* it will have a place in its queue once the plain tests of its program are over */
	bool over;	    /* the result is whole */
	enum crew_lane lane;
	int weight; /* the heavier, the earlier: no long run is left for the end */
};

struct queue {
	struct work **works;
	size_t count;
};

/* Fills the work and its result, which have nothing yet. */
void work_plan(struct work *work, const char *root, const struct task *task, const struct judging_options *options,
	       struct result *result);
void work_release(struct work *work);
/* For qsort() over pointers to works: the heaviest first, then by task. */
int work_by_weight(const void *left, const void *right);

/* Behind those that are as heavy. The work is the caller's. */
void queue_add(struct queue *queue, struct work *work);
/* The first work, which stays in the queue until all its runs have been started; NULL: there is none. */
struct work *queue_next(const struct queue *queue);
void queue_drop_first(struct queue *queue);

#endif

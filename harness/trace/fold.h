/*
 * Threads that are equal, so that a picture needs one lane for all of them.
 *
 * Two threads are equal when they run the same function for the same thread, take the same steps at the same places, after
 * the same steps of others, and are started, detached and joined at the same places. Which of them a finding names is luck.
 * Those that are started one right after the other are drawn as one lane that stands for all; of those that are started and
 * joined in turn, the first is drawn.
 */
#ifndef LOOSE_FOLD_H
#define LOOSE_FOLD_H

#include "order.h"

struct fold {
	size_t *lead;	 /* of each thread: the one that is drawn for it; itself */
	size_t *at_once; /* of each thread: for how many that live at the same time its lane stands, itself included */
	size_t *all;	 /* the same of those too that come in turn */
	size_t *instead; /* of each step: the one that is drawn for it; itself; NO_STEP: none */
	/*
	 * Of each step, 0 for what is as usual: how often it is taken; of a join how often its threads come in turn; of a wait
	 * without an end how many of the lane's threads wait.
	 */
	int *times;
};

/* `matters`: of each step, whether it is to be drawn; a finding and what only a finding tells of is not to matter here. */
void fold_init(struct fold *fold, const struct order *order, const bool *matters);
void fold_release(struct fold *fold);

/* How long the name is without the number of a second one of that name: "worker 2", but not "point READY + 2". */
size_t fold_name_length(const char *name);

#endif

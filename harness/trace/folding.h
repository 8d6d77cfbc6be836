/* What the files of folding share: equal.c says which threads are equal, fold.c draws one for them. */
#ifndef LOOSE_FOLDING_H
#define LOOSE_FOLDING_H

#include "fold.h"

struct list {
	size_t *items;
	size_t count;
};

struct folding {
	struct fold *fold;
	const struct order *order;
	const struct trace *trace;
	const bool *matters;
	struct list *steps; /* of each thread: those that matter */
	struct list *about; /* of each thread: the starts, detaches and joins of it, by others */
	size_t *start;	    /* of each thread: the step that starts it; NO_STEP */
};

static inline const struct trace_step *step_at(const struct folding *folding, size_t index)
{
	return &folding->trace->steps[index];
}

/* Whether they do the same at the same place. */
bool same_act(const struct folding *folding, const struct trace_step *one, const struct trace_step *other);
/* A wait until no other thread can do anything is for the schedule alone. */
bool is_for_others(const struct trace_step *step);
bool is_wait_for_ever(const struct folding *folding, size_t step);
/* The step after which there is nothing of the thread, an end or a wait without one; NO_STEP: there is none. */
size_t tail_of(const struct folding *folding, size_t thread);
/* How many of its steps matter, without the tail of a thread that nobody joins: which one that has is luck. */
size_t count_without_tail(const struct folding *folding, size_t thread);
/* Whether the threads are equal, as fold.h says. */
bool are_equal(const struct folding *folding, size_t one, size_t other);
/* Whether each step of one comes after as many steps of the other as the other way round. */
bool know_the_same(const struct folding *folding, size_t one, size_t other);

#endif

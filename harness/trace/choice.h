/* What the files of the choice share: select.c takes the steps, put_together.c makes a trace of them. */
#ifndef LOOSE_CHOICE_H
#define LOOSE_CHOICE_H

#include "fold.h"
#include "order.h"

/* How much a step is worth a place in its lane: the higher, the more. */
enum worth { NOTHING, LITTLE, SOME, MUCH, MORE, ALL };

struct choice {
	const struct trace *whole;
	struct order order;
	struct fold fold;
	enum worth *worth; /* of each step */
	bool *lanes;	   /* of each thread: it is drawn */
	size_t *ranks;	   /* of each thread: its number in the choice, if it is drawn */
	size_t *ranked;	   /* the threads by that number, all of them */
	size_t *picked;	   /* the steps that are worth something, or were */
	size_t count;	   /* of these */
};

static inline const struct trace_step *step_at(const struct choice *choice, size_t index)
{
	return &choice->whole->steps[index];
}

/* The thread whose lane shows this one. */
static inline size_t lead_of(const struct choice *choice, int thread)
{
	return choice->fold.lead[thread];
}

static inline size_t lane_of(const struct choice *choice, size_t index)
{
	return lead_of(choice, step_at(choice, index)->thread);
}

/* The chosen steps as a trace, in an order and with names of their own. */
void choice_put_together(const struct choice *choice, struct trace *chosen);

#endif

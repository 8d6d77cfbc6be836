/*
 * The partial order of a trace, as far as it is the same in every run: by
 * starts, joins, points, gates, and those waits for a condition that the thread
 * could not have been spared. The order in which threads took a lock is not of
 * it.
 */
#ifndef LOOSE_TRACE_ORDER_H
#define LOOSE_TRACE_ORDER_H

#include "trace.h"

#define NO_STEP ((size_t)-1)

struct order {
	const struct trace *trace;
	size_t *clocks; /* of each step by thread: how many steps of that thread come before it, itself included */
	size_t *places; /* of each step: its place in its thread, from 1 */
	size_t *before; /* of each step: the one before it in its thread; NO_STEP */
	bool *fixed;	/* of each go: what it waited for is the same in every run */
};

/* False: the trace is too long. */
bool order_init(struct order *order, const struct trace *trace);
void order_release(struct order *order);
/* Whether `one` comes before `other`, or is it. */
bool order_before(const struct order *order, size_t one, size_t other);
/* Of a go the wait that it ends, of a wait the go that ends it; NO_STEP: there is none. */
size_t order_wait_of(const struct order *order, size_t go);
size_t order_go_of(const struct order *order, size_t wait);

#endif

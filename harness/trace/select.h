/*
 * From the whole trace of a run to the steps that matter for a picture: starts,
 * waits that must have waited, what ended them, frees, joins, ends, a finding
 * and its two accesses.
 *
 * The choice rests on what is the same in every run of a program whose schedule
 * is pinned: the partial order by starts, joins, points and waits that could not
 * have been spared. What only this run did, such as a lock that was taken at that
 * moment, is left out, and steps and threads are put into an order of their own.
 * So two runs give the same bytes, whatever the machine did meanwhile.
 */
#ifndef LOOSE_SELECT_H
#define LOOSE_SELECT_H

#include "trace.h"

enum {
	SELECT_LANES = 6,  /* threads, at most */
	SELECT_STEPS = 14, /* in each, at most */
};

/* *chosen is a trace of its own, for trace_release(). */
void trace_select(const struct trace *whole, struct trace *chosen);

#endif

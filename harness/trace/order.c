#include "order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MOST_CLOCKS = 32 << 20 };

static bool is_on(const struct trace_step *step, const char *kind)
{
	size_t length = strlen(kind);

	return step->on && strncmp(step->on, kind, length) == 0 && (step->on[length] == ' ' || !step->on[length]);
}

static bool same_object(const struct trace_step *one, const struct trace_step *other)
{
	return one->on && other->on && strcmp(one->on, other->on) == 0;
}

size_t order_wait_of(const struct order *order, size_t go)
{
	const struct trace_step *steps = order->trace->steps;

	for (size_t at = order->before[go]; at != NO_STEP; at = order->before[at])
		if (steps[at].does == DOES_WAIT && same_object(&steps[at], &steps[go]))
			return at;
	return NO_STEP;
}

size_t order_go_of(const struct order *order, size_t wait)
{
	const struct trace *trace = order->trace;

	for (size_t i = wait + 1; i < trace->count; i++)
		if (trace->steps[i].thread == trace->steps[wait].thread)
			return trace->steps[i].does == DOES_GO && same_object(&trace->steps[i], &trace->steps[wait])
				       ? i
				       : NO_STEP;
	return NO_STEP;
}

bool order_before(const struct order *order, size_t one, size_t other)
{
	return order->clocks[other * order->trace->thread_count + (size_t)order->trace->steps[one].thread] >=
	       order->places[one];
}

/* --- what is the same in every run --- */

static bool is_let_in(enum trace_does does)
{
	return does == DOES_PUT || does == DOES_OPEN;
}

/* Which of several threads takes what is in a queue is luck, and what it takes when several put something in or close it. */
static bool is_of_two(const struct trace *trace, const struct trace_step *go)
{
	int putter = trace->steps[go->after[0]].thread;

	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_step *step = &trace->steps[i];
		if (same_object(step, go) && ((step->does == DOES_GO && step->thread != go->thread) ||
					      (is_let_in(step->does) && step->thread != putter)))
			return false;
	}
	return true;
}

/*
 * Whether the wait had to be: the thread held the lock, or waited already, when that happened without which the signal
 * would not have come. `go` is after the signal.
 */
static bool had_to_wait(const struct order *order, size_t go)
{
	const struct trace *trace = order->trace;
	size_t wait = order_wait_of(order, go), at = wait;

	if (wait == NO_STEP || !trace->steps[go].after_count)
		return false;
	while (at != NO_STEP && trace->steps[at].does != DOES_LOCK)
		at = order->before[at];
	return order_before(order, at == NO_STEP ? wait : at, trace->steps[go].after[0]);
}

static bool is_fixed(const struct order *order, size_t index)
{
	const struct trace *trace = order->trace;
	const struct trace_step *step = &trace->steps[index];

	if (step->does == DOES_LOCK || step->after_count == 0)
		return false;
	if (step->does != DOES_GO)
		return true;
	if (is_on(step, "condition"))
		return had_to_wait(order, index);
	if (is_on(step, "queue"))
		return is_of_two(trace, step);
	return true;
}

/* --- the clocks --- */

static void take_over(size_t *clock, const size_t *other, size_t threads)
{
	for (size_t i = 0; i < threads; i++)
		if (other[i] > clock[i])
			clock[i] = other[i];
}

static void add_step(struct order *order, size_t index, size_t *last)
{
	const struct trace *trace = order->trace;
	const struct trace_step *step = &trace->steps[index];
	const size_t threads = trace->thread_count;
	size_t *clock = order->clocks + index * threads, before = last[step->thread];

	order->before[index] = before;
	order->places[index] = before == NO_STEP ? 1 : order->places[before] + 1;
	if (before != NO_STEP)
		take_over(clock, order->clocks + before * threads, threads);
	order->fixed[index] = is_fixed(order, index);
	for (size_t i = 0; i < step->after_count && order->fixed[index]; i++)
		take_over(clock, order->clocks + step->after[i] * threads, threads);
	clock[step->thread] = order->places[index];
	last[step->thread] = index;
}

bool order_init(struct order *order, const struct trace *trace)
{
	*order = (struct order){.trace = trace};
	if (trace->thread_count == 0 || trace->count > MOST_CLOCKS / trace->thread_count)
		return false;
	size_t *last = mem_zeroed(trace->thread_count, sizeof *last);
	order->clocks = mem_zeroed(trace->count * trace->thread_count + 1, sizeof *order->clocks);
	order->places = mem_zeroed(trace->count + 1, sizeof *order->places);
	order->before = mem_zeroed(trace->count + 1, sizeof *order->before);
	order->fixed = mem_zeroed(trace->count + 1, sizeof *order->fixed);
	for (size_t i = 0; i < trace->thread_count; i++)
		last[i] = NO_STEP;
	for (size_t i = 0; i < trace->count; i++)
		add_step(order, i, last);
	free(last);
	return true;
}

void order_release(struct order *order)
{
	free(order->clocks);
	free(order->places);
	free(order->before);
	free(order->fixed);
	*order = (struct order){0};
}

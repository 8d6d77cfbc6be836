/* Whether two threads are equal. See folding.h. */
#include <string.h>

#include "folding.h"

size_t fold_name_length(const char *name)
{
	size_t length = strlen(name), digits = strspn(name + length - (length ? 1 : 0), "0123456789");

	if (!digits || strncmp(name, "point ", 6) == 0)
		return length;
	while (length && strchr("0123456789", name[length - 1]))
		length--;
	return length > 1 && name[length - 1] == ' ' ? length - 1 : strlen(name);
}

static bool same_name(const char *one, const char *other)
{
	if (!one || !other)
		return one == other;
	size_t length = fold_name_length(one);

	return fold_name_length(other) == length && strncmp(one, other, length) == 0;
}

static bool same_text(const char *one, const char *other)
{
	return one && other ? strcmp(one, other) == 0 : one == other;
}

static bool same_place(const struct trace_step *one, const struct trace_step *other)
{
	return one->does == other->does && one->line == other->line && same_text(one->file, other->file) &&
	       same_text(one->in, other->in);
}

bool same_act(const struct folding *folding, const struct trace_step *one, const struct trace_step *other)
{
	if (!same_place(one, other) || !same_name(one->on, other->on) || (one->other < 0) != (other->other < 0))
		return false;
	return one->other < 0 || same_name(folding->trace->threads[one->other], folding->trace->threads[other->other]);
}

bool is_for_others(const struct trace_step *step)
{
	return (step->does == DOES_WAIT || step->does == DOES_GO) && step->on && strcmp(step->on, "all others") == 0;
}

/*
 * How many of the thread's steps that matter come before this one, without those that come before the start of its thread, and
 * without the starts of its like, and what the schedule needs between them.
 */
static size_t seen_of(const struct folding *folding, size_t step, size_t thread)
{
	const struct order *order = folding->order;
	const size_t threads = folding->trace->thread_count, own = (size_t)step_at(folding, step)->thread;
	const size_t start = folding->start[own];
	const size_t from = start == NO_STEP ? 0 : order->clocks[start * threads + thread];
	const size_t to = order->clocks[step * threads + thread];
	size_t seen = 0;

	for (size_t i = 0; i < folding->steps[thread].count; i++) {
		const size_t index = folding->steps[thread].items[i], place = order->places[index];
		const struct trace_step *one = step_at(folding, index);
		bool starts = (one->does == DOES_START || one->does == DOES_DETACH) && one->other >= 0 &&
			      same_name(folding->trace->threads[one->other], folding->trace->threads[own]);
		seen += place > from && place <= to && !starts && !is_for_others(one);
	}
	return seen;
}

/* Whether both come after the same steps of all threads but those that might be equal to them. */
static bool same_before(const struct folding *folding, size_t one, size_t other)
{
	const struct trace *trace = folding->trace;
	const char *name = trace->threads[step_at(folding, one)->thread];

	for (size_t i = 0; i < trace->thread_count; i++)
		if (!same_name(trace->threads[i], name) && seen_of(folding, one, i) != seen_of(folding, other, i))
			return false;
	return true;
}

bool know_the_same(const struct folding *folding, size_t one, size_t other)
{
	const struct list *steps = &folding->steps[one], *others = &folding->steps[other];

	for (size_t i = 0; i < steps->count && i < others->count; i++)
		if (seen_of(folding, steps->items[i], other) != seen_of(folding, others->items[i], one))
			return false;
	return true;
}

bool is_wait_for_ever(const struct folding *folding, size_t step)
{
	return step_at(folding, step)->does == DOES_WAIT && order_go_of(folding->order, step) == NO_STEP;
}

size_t tail_of(const struct folding *folding, size_t thread)
{
	const struct list *steps = &folding->steps[thread];
	const size_t last = steps->count ? steps->items[steps->count - 1] : NO_STEP;

	return last != NO_STEP && (step_at(folding, last)->does == DOES_END || is_wait_for_ever(folding, last))
		       ? last
		       : NO_STEP;
}

size_t count_without_tail(const struct folding *folding, size_t thread)
{
	const struct list *steps = &folding->steps[thread], *about = &folding->about[thread];

	for (size_t i = 0; i < about->count; i++)
		if (step_at(folding, about->items[i])->does == DOES_JOIN)
			return steps->count;
	return steps->count - (tail_of(folding, thread) != NO_STEP);
}

bool are_equal(const struct folding *folding, size_t one, size_t other)
{
	const size_t count = count_without_tail(folding, one);
	const struct list *steps = &folding->steps[one], *others = &folding->steps[other];
	const struct list *about = &folding->about[one], *about_other = &folding->about[other];

	if (!same_name(folding->trace->threads[one], folding->trace->threads[other]) || steps->count != others->count ||
	    about->count != about_other->count)
		return false;
	for (size_t i = 0; i < about->count; i++) {
		const struct trace_step *a = step_at(folding, about->items[i]);
		const struct trace_step *b = step_at(folding, about_other->items[i]);
		if (a->thread != b->thread || !same_place(a, b))
			return false;
	}
	for (size_t i = 0; i < count; i++)
		if (!same_act(folding, step_at(folding, steps->items[i]), step_at(folding, others->items[i])) ||
		    !same_before(folding, steps->items[i], others->items[i]))
			return false;
	return true;
}

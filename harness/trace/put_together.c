/* The choice as a trace. See choice.h. */
#include "choice.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static char *copy(const char *text)
{
	return text ? mem_copy(text) : NULL;
}

static char *numbered(const char *name, size_t length, size_t number)
{
	return number > 1 ? mem_format("%.*s %zu", (int)length, name, number) : mem_copy_n(name, length);
}

/* Numbered among all lanes, those that are not drawn too: "worker", or for threads that live at the same time "worker 2 x3". */
static char *thread_name(const struct choice *choice, size_t at)
{
	const size_t thread = choice->ranked[at], at_once = choice->fold.at_once[thread];
	const char *name = choice->whole->threads[thread];
	size_t length = fold_name_length(name), number = 1;

	for (size_t i = 0; i < at; i++) {
		const char *other = choice->whole->threads[choice->ranked[i]];
		number += fold_name_length(other) == length && strncmp(other, name, length) == 0;
	}
	char *one = numbered(name, length, number), *all = at_once > 1 ? mem_format("%s x%zu", one, at_once) : NULL;
	if (all)
		free(one);
	return all ? all : one;
}

/* Objects of one name are numbered as they come in the choice. `from`: each step of the choice in the whole trace. */
static char *object_name(const struct choice *choice, const size_t *from, size_t count, const char *name)
{
	size_t length = fold_name_length(name), number = 1;

	for (size_t i = 0; i < count; i++) {
		const char *other = step_at(choice, from[i])->on;
		bool alike = other && fold_name_length(other) == length && strncmp(other, name, length) == 0,
		     before = false;
		if (alike && strcmp(other, name) == 0)
			break;
		for (size_t j = 0; alike && j < i && !before; j++)
			before = step_at(choice, from[j])->on && strcmp(step_at(choice, from[j])->on, other) == 0;
		number += alike && !before;
	}
	return numbered(name, length, number);
}

/* The last chosen step of the thread that comes before this one; NO_STEP. `to`: each step of the whole in the choice. */
static size_t last_before(const struct choice *choice, const size_t *to, size_t index, size_t thread)
{
	for (size_t at = choice->count; at--;) {
		const size_t i = choice->picked[at];
		if (i < index && to[i] != NO_STEP && (size_t)step_at(choice, i)->thread == thread &&
		    order_before(&choice->order, i, index))
			return i;
	}
	return NO_STEP;
}

/* Whether another step that it comes after comes after this one. */
static bool is_implied(const struct choice *choice, const size_t *to, size_t index, size_t candidate)
{
	for (size_t thread = 0; thread < choice->whole->thread_count; thread++) {
		size_t other = choice->lanes[thread] ? last_before(choice, to, index, thread) : NO_STEP;
		if (other != NO_STEP && other != candidate && order_before(&choice->order, candidate, other))
			return true;
	}
	/* What comes last in a lane for another thread comes after all of the lane. */
	for (size_t at = 0; at < choice->count; at++) {
		const size_t i = choice->picked[at];
		if ((size_t)step_at(choice, index)->thread != lane_of(choice, index) && to[i] != NO_STEP &&
		    lane_of(choice, i) == lane_of(choice, index) && order_before(&choice->order, candidate, i))
			return true;
	}
	return false;
}

/* Whether the step comes, for one that another stands for, after something in this lane below `row` of the choice. */
static bool is_after_lane(const struct choice *choice, const size_t *to, size_t index, size_t lane, size_t row)
{
	const struct trace_step *step = step_at(choice, index);

	for (size_t i = 0; i < step->after_count && choice->order.fixed[index]; i++) {
		size_t instead = choice->fold.instead[step->after[i]];
		if (instead != NO_STEP && to[instead] != NO_STEP && lane_of(choice, instead) == lane &&
		    to[instead] > row)
			return true;
	}
	return false;
}

static void add_order(const struct choice *choice, const size_t *to, size_t index, struct trace_step *step)
{
	const struct trace_step *whole = step_at(choice, index);

	/* The other access is told even where other steps say already that it comes before. */
	for (size_t i = 0; whole->does == DOES_FINDING && i < whole->after_count; i++)
		if (to[whole->after[i]] != NO_STEP)
			trace_step_after(step, to[whole->after[i]]);
	for (size_t i = 0; i < whole->after_count; i++) {
		size_t instead = choice->fold.instead[whole->after[i]];
		if (instead != whole->after[i] && instead != NO_STEP && to[instead] != NO_STEP &&
		    choice->order.fixed[index])
			trace_step_after(step, to[instead]);
	}
	for (size_t thread = 0; thread < choice->whole->thread_count; thread++) {
		if (!choice->lanes[thread] || thread == lane_of(choice, index))
			continue;
		size_t last = last_before(choice, to, index, thread);
		if (last != NO_STEP && !is_implied(choice, to, index, last) &&
		    !is_after_lane(choice, to, index, thread, to[last]))
			trace_step_after(step, to[last]);
	}
}

/*
 * A thread begins where it is started: whether it had begun by the end of a program that does not wait for it is luck. `to`
 * as in last_before().
 */
static void add_begin(const struct choice *choice, size_t start, size_t *to, struct trace *chosen)
{
	const size_t thread = lead_of(choice, step_at(choice, start)->other), at = chosen->count;
	struct trace_step *begin = trace_add(chosen, (int)choice->ranks[thread], DOES_BEGIN);

	trace_step_after(begin, to[start]);
	for (size_t i = start + 1; i < choice->whole->count; i++)
		if ((size_t)step_at(choice, i)->thread == thread && step_at(choice, i)->does == DOES_BEGIN) {
			to[i] = at;
			return;
		}
}

static void add_step(const struct choice *choice, size_t index, const size_t *from, size_t steps, size_t *to,
		     struct trace *chosen)
{
	const struct trace_step *whole = step_at(choice, index);
	const size_t at = chosen->count;
	struct trace_step *step = trace_add(chosen, (int)choice->ranks[lane_of(choice, index)], whole->does);

	step->other = whole->other >= 0 ? (int)choice->ranks[lead_of(choice, whole->other)] : -1;
	step->times = choice->fold.times[index];
	step->on = whole->on ? object_name(choice, from, steps, whole->on) : NULL;
	step->file = copy(whole->file);
	step->line = whole->line;
	step->in = copy(whole->in);
	step->name = copy(whole->name);
	step->value = whole->value;
	step->kind = copy(whole->kind);
	step->detector = copy(whole->detector);
	to[index] = at;
	add_order(choice, to, index, step);
}

/* What was freed is used afterwards, though nothing orders the two: the use is not told before the free. */
static bool uses_what_is_freed(const struct choice *choice, size_t free, size_t use)
{
	const struct trace_step *one = step_at(choice, free), *other = step_at(choice, use);

	return one->does == DOES_FREE && one->on && other->on && strcmp(one->on, other->on) == 0;
}

/* Whether all that is chosen and comes before it stands in the choice already. */
static bool may_come(const struct choice *choice, const size_t *to, size_t index)
{
	for (size_t at = 0; at < choice->count && choice->picked[at] < index; at++) {
		const size_t i = choice->picked[at];
		if (choice->worth[i] && to[i] == NO_STEP &&
		    (order_before(&choice->order, i, index) || uses_what_is_freed(choice, i, index)))
			return false;
	}
	for (size_t i = 0; i < step_at(choice, index)->after_count; i++) {
		size_t instead = choice->fold.instead[step_at(choice, index)->after[i]];
		if (choice->order.fixed[index] && instead != NO_STEP && choice->worth[instead] &&
		    to[instead] == NO_STEP)
			return false;
	}
	return true;
}

/* Whether the lane has more of its own thread than this step of another, which comes last. */
static bool has_more(const struct choice *choice, const size_t *to, size_t index)
{
	const size_t lane = lane_of(choice, index);

	if ((size_t)step_at(choice, index)->thread == lane)
		return false;
	for (size_t at = 0; at < choice->count; at++) {
		const size_t i = choice->picked[at];
		if ((size_t)step_at(choice, i)->thread == lane && choice->worth[i] && to[i] == NO_STEP)
			return true;
	}
	return false;
}

/* The chosen step that comes next: of the first lane that has one. */
static size_t next_step(const struct choice *choice, const size_t *to)
{
	for (size_t rank = 0; rank < choice->whole->thread_count; rank++)
		for (size_t at = 0; at < choice->count; at++) {
			const size_t i = choice->picked[at];
			if (lane_of(choice, i) != choice->ranked[rank] || !choice->worth[i] || to[i] != NO_STEP ||
			    has_more(choice, to, i))
				continue;
			if (may_come(choice, to, i))
				return i;
			break;
		}
	return NO_STEP;
}

void choice_put_together(const struct choice *choice, struct trace *chosen)
{
	const size_t count = choice->whole->count;
	size_t *from = mem_zeroed(count + 1, sizeof *from), *to = mem_zeroed(count + 1, sizeof *to), next, steps = 0;

	for (size_t i = 0; i < choice->whole->thread_count; i++)
		if (choice->lanes[choice->ranked[i]]) {
			char *name = thread_name(choice, i);
			trace_add_thread(chosen, name);
			free(name);
		}
	for (size_t i = 0; i < count; i++)
		to[i] = NO_STEP;
	while ((next = next_step(choice, to)) != NO_STEP) {
		from[steps++] = next;
		add_step(choice, next, from, steps, to, chosen);
		if (step_at(choice, next)->does == DOES_START)
			add_begin(choice, next, to, chosen);
	}
	chosen->threads_left_out = choice->whole->thread_count;
	for (size_t i = 0; i < choice->whole->thread_count; i++)
		chosen->threads_left_out -= choice->lanes[i] ? choice->fold.all[i] : 0;
	free(from);
	free(to);
}

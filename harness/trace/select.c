/* See select.h. Above 400 lines: what a step is worth and what is left out for want of room change the same numbers. */
#include "select.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "choice.h"

/* --- which steps are the same in every run --- */

static size_t exit_of(const struct trace *trace)
{
	return trace->count && trace->steps[trace->count - 1].does == DOES_EXIT ? trace->count - 1 : NO_STEP;
}

/* What is not before the program's end, by what is the same in every run, may or may not have happened by then. */
static bool must_happen(const struct choice *choice, size_t index)
{
	size_t exit = exit_of(choice->whole);

	return exit == NO_STEP || order_before(&choice->order, index, exit);
}

/* Whether the thread would not have gone on at once: what it waited for is not before the wait anyhow. */
static bool really_waits(const struct choice *choice, size_t go)
{
	const struct trace_step *step = step_at(choice, go);
	size_t wait = order_wait_of(&choice->order, go);

	if (!choice->order.fixed[go] || wait == NO_STEP)
		return false;
	for (size_t i = 0; i < step->after_count; i++)
		if (!order_before(&choice->order, step->after[i], wait))
			return true;
	return false;
}

/* The gauge is changed by this thread and by others, and nothing says which comes first. */
static bool is_gauge_of_luck(const struct choice *choice, size_t gauge)
{
	const struct trace_step *step = step_at(choice, gauge);

	for (size_t i = 0; i < choice->whole->count; i++) {
		const struct trace_step *other = step_at(choice, i);
		if (other->does == DOES_GAUGE && strcmp(other->name, step->name) == 0 &&
		    !order_before(&choice->order, i, gauge) && !order_before(&choice->order, gauge, i))
			return true;
	}
	return false;
}

/* --- what a step is worth --- */

static bool is_nameless(const char *object)
{
	return object && fold_name_length(object) == strlen("block") && strncmp(object, "block", strlen("block")) == 0;
}

static enum worth worth_of(const struct choice *choice, size_t index)
{
	const struct trace_step *step = step_at(choice, index);

	switch (step->does) {
	case DOES_START:
	case DOES_END:
	case DOES_JOIN:
	case DOES_DETACH:
		return MORE;
	case DOES_EXIT:
	case DOES_READ:
	case DOES_WRITE:
	case DOES_FINDING:
		return ALL;
	case DOES_WAIT:
		return order_go_of(&choice->order, index) == NO_STEP ? MORE : NOTHING;
	case DOES_GO:
		if (!really_waits(choice, index))
			return NOTHING;
		return strcmp(step->on, "all others") == 0 ? SOME : MUCH;
	case DOES_FREE:
		/* What has no name in the source is nobody's subject. */
		return is_nameless(step->on) ? NOTHING : SOME;
	default:
		return NOTHING;
	}
}

static void raise(struct choice *choice, size_t index, enum worth worth)
{
	if (index != NO_STEP && choice->worth[index] < worth)
		choice->worth[index] = worth;
}

/* What a finding stands for: the step of its thread before it, and the other access. */
static void raise_finding(struct choice *choice, size_t index)
{
	const struct trace_step *step = step_at(choice, index);
	size_t before = choice->order.before[index];

	while (before != NO_STEP && step_at(choice, before)->does == DOES_FINDING)
		before = choice->order.before[before];
	if (before != NO_STEP && step_at(choice, before)->does == DOES_GAUGE && is_gauge_of_luck(choice, before)) {
		choice->worth[index] = NOTHING;
		return;
	}
	if (step->line)
		raise(choice, before, ALL);
	for (size_t i = 0; i < step->after_count; i++)
		raise(choice, step->after[i], ALL);
	for (size_t i = 0; step->on && i < index; i++)
		if (step_at(choice, i)->does == DOES_ALLOC && step_at(choice, i)->on &&
		    strcmp(step_at(choice, i)->on, step->on) == 0)
			raise(choice, i, LITTLE);
}

/* A wait is worth what its end is; and so is what ended it, unless that is a step for its own sake. */
static void raise_wait(struct choice *choice, size_t go)
{
	const struct trace_step *step = step_at(choice, go);
	const enum worth worth = choice->worth[go];

	raise(choice, order_wait_of(&choice->order, go), worth);
	for (size_t i = 0; i < step->after_count; i++) {
		enum trace_does does = step_at(choice, step->after[i])->does;
		if (does == DOES_REACH || does == DOES_SIGNAL || does == DOES_BROADCAST || does == DOES_PUT ||
		    does == DOES_OPEN)
			raise(choice, step->after[i], worth);
	}
}

static void raise_waits(struct choice *choice)
{
	for (size_t i = 0; i < choice->whole->count; i++)
		if (choice->worth[i] && step_at(choice, i)->does == DOES_GO)
			raise_wait(choice, i);
}

/* What matters whatever the findings are: of equal threads it is luck which one they name. */
static void fold(struct choice *choice)
{
	bool *matters = mem_zeroed(choice->whole->count + 1, sizeof *matters);

	for (size_t i = 0; i < choice->whole->count; i++) {
		enum trace_does does = step_at(choice, i)->does;
		matters[i] = choice->worth[i] && does != DOES_FINDING && does != DOES_READ && does != DOES_WRITE;
	}
	fold_init(&choice->fold, &choice->order, matters);
	free(matters);
}

static void weigh(struct choice *choice)
{
	const size_t count = choice->whole->count;

	for (size_t i = 0; i < count; i++)
		choice->worth[i] = must_happen(choice, i) ? worth_of(choice, i) : NOTHING;
	raise_waits(choice);
	fold(choice);
	for (size_t i = 0; i < count; i++)
		if (choice->worth[i] && choice->fold.instead[i] == i && step_at(choice, i)->does == DOES_FINDING)
			raise_finding(choice, i);
	raise_waits(choice);
	for (size_t i = 0; i < count; i++)
		if (choice->fold.instead[i] != i)
			choice->worth[i] = NOTHING;
}

/* --- lanes --- */

/* By who has started them, and in which order: the order of the starts of two threads may be luck. */
static void rank(struct choice *choice)
{
	const struct trace *whole = choice->whole;
	bool *seen = mem_zeroed(whole->thread_count, sizeof *seen);
	size_t count = 1;

	choice->ranked[0] = 0;
	seen[0] = true;
	for (size_t at = 0; at < count; at++)
		for (size_t i = 0; i < whole->count; i++) {
			const struct trace_step *step = &whole->steps[i];
			if (step->does != DOES_START || (size_t)step->thread != choice->ranked[at] || step->other < 0 ||
			    seen[lead_of(choice, step->other)])
				continue;
			seen[lead_of(choice, step->other)] = true;
			choice->ranked[count++] = lead_of(choice, step->other);
		}
	for (size_t i = 0; i < whole->thread_count; i++)
		if (!seen[i])
			choice->ranked[count++] = i;
	free(seen);
}

static bool has_worth(const struct choice *choice, size_t thread, enum worth worth)
{
	for (size_t i = 0; i < choice->whole->count; i++) {
		const struct trace_step *step = step_at(choice, i);
		bool is_start = step->does == DOES_START && step->other >= 0 && lead_of(choice, step->other) == thread;
		if ((lane_of(choice, i) == thread || is_start) && choice->worth[i] >= worth)
			return true;
	}
	return false;
}

/* Threads with a finding's accesses first, and of the others the first ones. */
static void choose_lanes(struct choice *choice)
{
	const size_t threads = choice->whole->thread_count;
	size_t lanes = 0;

	rank(choice);
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < threads && lanes < SELECT_LANES; i++) {
			size_t thread = choice->ranked[i];
			if (choice->lanes[thread] || (round == 0 && thread && !has_worth(choice, thread, ALL)) ||
			    !has_worth(choice, thread, LITTLE))
				continue;
			choice->lanes[thread] = true;
			lanes++;
		}
	for (size_t i = 0, number = 0; i < threads; i++)
		if (choice->lanes[choice->ranked[i]])
			choice->ranks[choice->ranked[i]] = number++;
	for (size_t i = 0; i < choice->whole->count; i++) {
		const struct trace_step *step = step_at(choice, i);
		if (!choice->lanes[lane_of(choice, i)] ||
		    (step->other >= 0 && !choice->lanes[lead_of(choice, step->other)]))
			choice->worth[i] = NOTHING;
	}
}

/* A thread that is drawn begins, whatever else. */
static void pick(struct choice *choice)
{
	for (size_t i = 0; i < choice->whole->count; i++)
		if (step_at(choice, i)->does == DOES_BEGIN && choice->lanes[step_at(choice, i)->thread])
			choice->worth[i] = ALL;
	for (size_t i = 0; i < choice->whole->count; i++)
		if (choice->worth[i])
			choice->picked[choice->count++] = i;
}

static size_t lane_length(const struct choice *choice, size_t thread, enum worth least, enum worth most)
{
	size_t length = 0;

	for (size_t i = 0; i < choice->count; i++) {
		size_t index = choice->picked[i];
		length += lane_of(choice, index) == thread && choice->worth[index] >= least &&
			  choice->worth[index] <= most;
	}
	return length;
}

/* Of what is worth least the step in the middle: of a loop its beginning and its end are left. */
static size_t least_in(const struct choice *choice, size_t thread)
{
	enum worth worth = LITTLE;

	while (worth < ALL && !lane_length(choice, thread, worth, worth))
		worth++;
	size_t skip = lane_length(choice, thread, worth, worth) / 2;
	for (size_t i = 0; i < choice->count; i++) {
		size_t index = choice->picked[i];
		if (lane_of(choice, index) == thread && choice->worth[index] == worth && skip-- == 0)
			return index;
	}
	return NO_STEP;
}

/* Whether a wait that is shown ended by this. */
static bool ends_a_wait(const struct choice *choice, size_t index)
{
	for (size_t i = 0; i < choice->count; i++) {
		const struct trace_step *step = step_at(choice, choice->picked[i]);
		for (size_t j = 0; choice->worth[choice->picked[i]] && step->does == DOES_GO && j < step->after_count;
		     j++)
			if (choice->fold.instead[step->after[j]] == index)
				return true;
	}
	return false;
}

static enum worth worth_of_drawn(const struct choice *choice, size_t index)
{
	const size_t instead = choice->fold.instead[index];

	return instead == NO_STEP ? NOTHING : choice->worth[instead];
}

/* A wait goes with its end, and that for which nobody waits is not shown. */
static void drop_halves(struct choice *choice)
{
	for (size_t at = 0; at < choice->count; at++) {
		const size_t i = choice->picked[at];
		const struct trace_step *step = step_at(choice, i);
		size_t wait = step->does == DOES_GO ? order_wait_of(&choice->order, i) : NO_STEP;
		size_t go = step->does == DOES_WAIT ? order_go_of(&choice->order, i) : NO_STEP;
		if ((wait != NO_STEP && !worth_of_drawn(choice, wait)) ||
		    (go != NO_STEP && !worth_of_drawn(choice, go)))
			choice->worth[i] = NOTHING;
	}
	for (size_t at = 0; at < choice->count; at++) {
		const size_t i = choice->picked[at];
		enum trace_does does = step_at(choice, i)->does;
		bool for_a_wait = does == DOES_REACH || does == DOES_SIGNAL || does == DOES_BROADCAST ||
				  does == DOES_PUT || does == DOES_OPEN;
		if (choice->worth[i] && choice->worth[i] < ALL && for_a_wait && !ends_a_wait(choice, i))
			choice->worth[i] = NOTHING;
	}
}

static size_t chosen_count(const struct choice *choice)
{
	size_t count = 0;

	for (size_t i = 0; i < choice->count; i++)
		count += choice->worth[choice->picked[i]] != NOTHING;
	return count;
}

/* Whether the end of the next wait comes after a step that is drawn, and that of the wait before need not. */
static bool happens_between(const struct choice *choice, size_t go, size_t next)
{
	const size_t lane = lane_of(choice, next), wait = order_wait_of(&choice->order, next);

	for (size_t at = 0; at < choice->count; at++) {
		const size_t i = choice->picked[at];
		if (!choice->worth[i] || i == go || i == wait || i == next)
			continue;
		if (lane_of(choice, i) == lane
			    ? i > go && i < next
			    : !order_before(&choice->order, i, go) && order_before(&choice->order, i, next))
			return true;
	}
	return false;
}

/* A clock that is turned by hand waits for all others again and again: of waits between which nothing is drawn one is. */
static void drop_repeats(struct choice *choice)
{
	for (size_t thread = 0; thread < choice->whole->thread_count; thread++) {
		size_t last = NO_STEP;
		for (size_t at = 0; at < choice->count; at++) {
			const size_t i = choice->picked[at];
			const struct trace_step *step = step_at(choice, i);
			if ((size_t)step->thread != thread || step->does != DOES_GO || choice->worth[i] != SOME)
				continue;
			if (last == NO_STEP || step->line != step_at(choice, last)->line ||
			    happens_between(choice, last, i)) {
				last = i;
				continue;
			}
			choice->worth[i] = choice->worth[order_wait_of(&choice->order, i)] = NOTHING;
		}
	}
	drop_halves(choice);
}

/* Returns how many steps it has left out. */
static size_t shorten(struct choice *choice)
{
	drop_halves(choice);
	size_t before = chosen_count(choice);
	drop_repeats(choice);
	for (size_t i = 0; i < choice->whole->thread_count; i++) {
		size_t thread = choice->ranked[i], least;
		while (lane_length(choice, thread, LITTLE, ALL) > SELECT_STEPS &&
		       (least = least_in(choice, thread)) != NO_STEP && choice->worth[least] < ALL) {
			choice->worth[least] = NOTHING;
			drop_halves(choice);
		}
	}
	return before - chosen_count(choice);
}

void trace_select(const struct trace *whole, struct trace *chosen)
{
	struct choice choice = {.whole = whole};

	*chosen = (struct trace){.program = whole->program ? mem_copy(whole->program) : NULL,
				 .lost = whole->lost ? mem_copy(whole->lost) : NULL};
	if (!order_init(&choice.order, whole)) {
		free(chosen->lost);
		chosen->lost = mem_copy("all steps: the trace is too long to choose from");
		return;
	}
	choice.worth = mem_zeroed(whole->count + 1, sizeof *choice.worth);
	choice.lanes = mem_zeroed(whole->thread_count, sizeof *choice.lanes);
	choice.ranks = mem_zeroed(whole->thread_count, sizeof *choice.ranks);
	choice.ranked = mem_zeroed(whole->thread_count, sizeof *choice.ranked);
	choice.picked = mem_zeroed(whole->count + 1, sizeof *choice.picked);
	weigh(&choice);
	choose_lanes(&choice);
	pick(&choice);
	chosen->steps_left_out = shorten(&choice);
	choice_put_together(&choice, chosen);
	free(choice.worth);
	free(choice.lanes);
	free(choice.ranks);
	free(choice.ranked);
	free(choice.picked);
	fold_release(&choice.fold);
	order_release(&choice.order);
}

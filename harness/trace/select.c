#include "select.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "order.h"

/* How much a step is worth a place in its lane: the higher, the more. */
enum worth { NOTHING, LITTLE, SOME, MUCH, MORE, ALL };

struct choice {
	const struct trace *whole;
	struct order order;
	enum worth *worth; /* of each step */
	bool *lanes;	   /* of each thread: it is drawn */
	size_t *ranks;	   /* of each thread: its number in the choice, if it is drawn */
	size_t *ranked;	   /* the threads by that number, all of them */
	size_t *picked;	   /* the steps that are worth something, or were */
	size_t count;	   /* of these */
};

static const struct trace_step *step_at(const struct choice *choice, size_t index)
{
	return &choice->whole->steps[index];
}

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
		return SOME;
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

static void weigh(struct choice *choice)
{
	const size_t count = choice->whole->count;

	for (size_t i = 0; i < count; i++)
		choice->worth[i] = must_happen(choice, i) ? worth_of(choice, i) : NOTHING;
	for (size_t i = 0; i < count; i++)
		if (choice->worth[i] && step_at(choice, i)->does == DOES_FINDING)
			raise_finding(choice, i);
	for (size_t i = 0; i < count; i++)
		if (choice->worth[i] && step_at(choice, i)->does == DOES_GO)
			raise_wait(choice, i);
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
			    seen[step->other])
				continue;
			seen[step->other] = true;
			choice->ranked[count++] = (size_t)step->other;
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
		bool is_start = step->does == DOES_START && step->other == (int)thread;
		if (((size_t)step->thread == thread || is_start) && choice->worth[i] >= worth)
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
		if (!choice->lanes[step->thread] || (step->other >= 0 && !choice->lanes[step->other]))
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
		length += (size_t)step_at(choice, index)->thread == thread && choice->worth[index] >= least &&
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
		if ((size_t)step_at(choice, index)->thread == thread && choice->worth[index] == worth && skip-- == 0)
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
			if (step->after[j] == index)
				return true;
	}
	return false;
}

/* A wait goes with its end, and that for which nobody waits is not shown. */
static void drop_halves(struct choice *choice)
{
	for (size_t at = 0; at < choice->count; at++) {
		const size_t i = choice->picked[at];
		const struct trace_step *step = step_at(choice, i);
		size_t wait = step->does == DOES_GO ? order_wait_of(&choice->order, i) : NO_STEP;
		size_t go = step->does == DOES_WAIT ? order_go_of(&choice->order, i) : NO_STEP;
		if ((wait != NO_STEP && !choice->worth[wait]) || (go != NO_STEP && !choice->worth[go]))
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

/* Returns how many steps it has left out. */
static size_t shorten(struct choice *choice)
{
	drop_halves(choice);
	size_t before = chosen_count(choice);
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

/* --- the choice as a trace --- */

static char *copy(const char *text)
{
	return text ? mem_copy(text) : NULL;
}

/* Without the number of a second one of that name: "worker 2", but not "point READY + 2". */
static size_t name_length(const char *name)
{
	size_t length = strlen(name), digits = strspn(name + length - (length ? 1 : 0), "0123456789");

	if (!digits || strncmp(name, "point ", 6) == 0)
		return length;
	while (length && strchr("0123456789", name[length - 1]))
		length--;
	return length > 1 && name[length - 1] == ' ' ? length - 1 : strlen(name);
}

static char *numbered(const char *name, size_t length, size_t number)
{
	return number > 1 ? mem_format("%.*s %zu", (int)length, name, number) : mem_copy_n(name, length);
}

/* Numbered among all threads, those that are not drawn too. */
static char *thread_name(const struct choice *choice, size_t at)
{
	const char *name = choice->whole->threads[choice->ranked[at]];
	size_t length = name_length(name), number = 1;

	for (size_t i = 0; i < at; i++) {
		const char *other = choice->whole->threads[choice->ranked[i]];
		number += name_length(other) == length && strncmp(other, name, length) == 0;
	}
	return numbered(name, length, number);
}

/* Objects of one name are numbered as they come in the choice. `from`: each step of the choice in the whole trace. */
static char *object_name(const struct choice *choice, const size_t *from, size_t count, const char *name)
{
	size_t length = name_length(name), number = 1;

	for (size_t i = 0; i < count; i++) {
		const char *other = step_at(choice, from[i])->on;
		bool alike = other && name_length(other) == length && strncmp(other, name, length) == 0, before = false;
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
	return false;
}

static void add_order(const struct choice *choice, const size_t *to, size_t index, struct trace_step *step)
{
	const struct trace_step *whole = step_at(choice, index);

	/* The other access is told, though it be no news that it comes before. */
	for (size_t i = 0; whole->does == DOES_FINDING && i < whole->after_count; i++)
		if (to[whole->after[i]] != NO_STEP)
			trace_step_after(step, to[whole->after[i]]);
	for (size_t thread = 0; thread < choice->whole->thread_count; thread++) {
		if (!choice->lanes[thread] || thread == (size_t)step_at(choice, index)->thread)
			continue;
		size_t last = last_before(choice, to, index, thread);
		if (last != NO_STEP && !is_implied(choice, to, index, last))
			trace_step_after(step, to[last]);
	}
}

/*
 * A thread begins where it is started: whether it had begun by the end of a program that does not wait for it is luck. `to`
 * as in last_before().
 */
static void add_begin(const struct choice *choice, size_t start, size_t *to, struct trace *chosen)
{
	const int thread = step_at(choice, start)->other;
	const size_t at = chosen->count;
	struct trace_step *begin = trace_add(chosen, (int)choice->ranks[thread], DOES_BEGIN);

	trace_step_after(begin, to[start]);
	for (size_t i = start + 1; i < choice->whole->count; i++)
		if (step_at(choice, i)->thread == thread && step_at(choice, i)->does == DOES_BEGIN) {
			to[i] = at;
			return;
		}
}

static void add_step(const struct choice *choice, size_t index, const size_t *from, size_t steps, size_t *to,
		     struct trace *chosen)
{
	const struct trace_step *whole = step_at(choice, index);
	const size_t at = chosen->count;
	struct trace_step *step = trace_add(chosen, (int)choice->ranks[whole->thread], whole->does);

	step->other = whole->other >= 0 ? (int)choice->ranks[whole->other] : -1;
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

/* Whether all that is chosen and comes before it stands in the choice already. */
static bool may_come(const struct choice *choice, const size_t *to, size_t index)
{
	for (size_t at = 0; at < choice->count && choice->picked[at] < index; at++) {
		const size_t i = choice->picked[at];
		if (i != index && choice->worth[i] && to[i] == NO_STEP && order_before(&choice->order, i, index))
			return false;
	}
	return true;
}

/* The chosen step that comes next: of the first thread that has one. */
static size_t next_step(const struct choice *choice, const size_t *to)
{
	for (size_t rank = 0; rank < choice->whole->thread_count; rank++)
		for (size_t at = 0; at < choice->count; at++) {
			const size_t i = choice->picked[at];
			if ((size_t)step_at(choice, i)->thread != choice->ranked[rank] || !choice->worth[i] ||
			    to[i] != NO_STEP)
				continue;
			if (may_come(choice, to, i))
				return i;
			break;
		}
	return NO_STEP;
}

static void put_together(const struct choice *choice, struct trace *chosen)
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
	chosen->threads_left_out = choice->whole->thread_count - chosen->thread_count;
	free(from);
	free(to);
}

void trace_select(const struct trace *whole, struct trace *chosen)
{
	struct choice choice = {.whole = whole};

	*chosen = (struct trace){.program = copy(whole->program), .lost = copy(whole->lost)};
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
	put_together(&choice, chosen);
	free(choice.worth);
	free(choice.lanes);
	free(choice.ranks);
	free(choice.ranked);
	free(choice.picked);
	order_release(&choice.order);
}

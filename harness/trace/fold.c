/* See fold.h. Above 400 lines: each kind of folding goes on with what the one before has left, in the same lists. */
#include "fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "folding.h"

static void list_add(struct list *list, size_t item)
{
	list->items = mem_resize(list->items, list->count + 1, sizeof *list->items);
	list->items[list->count++] = item;
}

static bool is_about(enum trace_does does)
{
	return does == DOES_START || does == DOES_DETACH || does == DOES_JOIN;
}

static bool is_access(enum trace_does does)
{
	return does == DOES_READ || does == DOES_WRITE;
}

/* --- which thread, and which step, stands for others --- */

/* How much a finding has to do with the thread. */
static int weight_of(const struct folding *folding, size_t thread)
{
	const struct trace *trace = folding->trace;
	int weight = 0;

	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_step *step = &trace->steps[i];
		if (step->does != DOES_FINDING)
			continue;
		if ((size_t)step->thread == thread)
			weight += 2;
		for (size_t j = 0; j < step->after_count; j++)
			weight += (size_t)trace->steps[step->after[j]].thread == thread;
	}
	return weight;
}

static bool is_told_of(const struct folding *folding, size_t index)
{
	const struct trace *trace = folding->trace;

	for (size_t i = index + 1; i < trace->count; i++)
		if (trace->steps[i].thread == trace->steps[index].thread)
			return trace->steps[i].does == DOES_FINDING;
	return false;
}

/* The step of this kind that stays of all that are about these threads: with a finding, else the first; of joins the last. */
static size_t kept_of(const struct folding *folding, const struct list *threads, size_t which)
{
	size_t kept = NO_STEP;

	for (size_t i = 0; i < threads->count; i++) {
		size_t step = folding->about[threads->items[i]].items[which];
		enum trace_does does = step_at(folding, step)->does;
		bool better = does == DOES_JOIN ? step > kept : step < kept;
		if (kept == NO_STEP || (does == DOES_DETACH && is_told_of(folding, step)) ||
		    (better && !(does == DOES_DETACH && is_told_of(folding, kept))))
			kept = step;
	}
	return kept;
}

/* `lead` stands for all these threads, itself among them. */
static void put_under(const struct folding *folding, const struct list *threads, size_t lead)
{
	struct fold *fold = folding->fold;

	for (size_t i = 0; i < threads->count; i++) {
		const size_t thread = threads->items[i];
		fold->lead[thread] = lead;
		for (size_t j = 0; thread != lead && j < folding->trace->count; j++)
			if ((size_t)step_at(folding, j)->thread == thread)
				fold->instead[j] = NO_STEP;
		for (size_t j = 0; thread != lead && j < count_without_tail(folding, thread); j++)
			fold->instead[folding->steps[thread].items[j]] = folding->steps[lead].items[j];
	}
}

/* Where some of the threads wait for ever, their lane ends with that. */
static void fold_tails(const struct folding *folding, const struct list *threads, size_t lead)
{
	struct fold *fold = folding->fold;
	size_t kept = tail_of(folding, lead);
	int waiting = 0;

	for (size_t i = 0; i < threads->count; i++) {
		size_t tail = tail_of(folding, threads->items[i]);
		if (tail == NO_STEP || !is_wait_for_ever(folding, tail))
			continue;
		if (kept == NO_STEP || !is_wait_for_ever(folding, kept))
			kept = tail;
		waiting++;
	}
	for (size_t i = 0; i < threads->count; i++)
		if (tail_of(folding, threads->items[i]) != NO_STEP)
			fold->instead[tail_of(folding, threads->items[i])] = kept;
	if (waiting && (size_t)waiting < threads->count)
		fold->times[kept] = waiting;
}

/* All at once: the one lane is of that which a finding names. */
static void fold_group(const struct folding *folding, const struct list *threads)
{
	struct fold *fold = folding->fold;
	size_t lead = threads->items[0];

	for (size_t i = 1; i < threads->count; i++)
		if (weight_of(folding, threads->items[i]) > weight_of(folding, lead))
			lead = threads->items[i];
	for (size_t which = 0; which < folding->about[lead].count; which++) {
		size_t kept = kept_of(folding, threads, which);
		for (size_t i = 0; i < threads->count; i++)
			fold->instead[folding->about[threads->items[i]].items[which]] = kept;
	}
	put_under(folding, threads, lead);
	fold_tails(folding, threads, lead);
	fold->at_once[lead] = fold->all[lead] = threads->count;
}

/* --- those that live at the same time --- */

/* Between the first and the last of these joins their thread does nothing else that matters than joining. */
static bool are_together(const struct folding *folding, const struct list *threads, size_t which)
{
	size_t first = NO_STEP, last = 0;

	for (size_t i = 0; i < threads->count; i++) {
		size_t step = folding->about[threads->items[i]].items[which];
		first = step < first ? step : first;
		last = step > last ? step : last;
	}
	for (size_t i = first; i < last; i++)
		if (step_at(folding, i)->thread == step_at(folding, first)->thread && folding->matters[i] &&
		    step_at(folding, i)->does != DOES_JOIN)
			return false;
	return true;
}

static bool can_be_one(const struct folding *folding, const struct list *threads)
{
	const struct list *about = &folding->about[threads->items[0]];

	for (size_t which = 0; which < about->count; which++)
		if (step_at(folding, about->items[which])->does == DOES_JOIN && !are_together(folding, threads, which))
			return false;
	return threads->count > 1;
}

static void fold_run(const struct folding *folding, struct list *run)
{
	for (size_t i = 0; i < run->count; i++) {
		const size_t one = run->items[i];
		struct list threads = {0};
		if (one == NO_STEP)
			continue;
		list_add(&threads, one);
		for (size_t j = i + 1; j < run->count; j++)
			if (run->items[j] != NO_STEP && are_equal(folding, one, run->items[j]) &&
			    know_the_same(folding, one, run->items[j])) {
				list_add(&threads, run->items[j]);
				run->items[j] = NO_STEP;
			}
		if (can_be_one(folding, &threads))
			fold_group(folding, &threads);
		free(threads.items);
	}
	run->count = 0;
}

static void fold_at_once(const struct folding *folding, size_t starter)
{
	struct list run = {0};

	for (size_t i = 0; i < folding->trace->count; i++) {
		const struct trace_step *step = step_at(folding, i);
		if ((size_t)step->thread != starter || !folding->matters[i])
			continue;
		if (step->does == DOES_START && step->other >= 0)
			list_add(&run, (size_t)step->other);
		else if (step->does != DOES_DETACH && !is_for_others(step))
			fold_run(folding, &run);
	}
	fold_run(folding, &run);
	free(run.items);
}

/* --- those that come in turn --- */

static void add_times(const struct folding *folding, size_t step)
{
	folding->fold->times[step] += folding->fold->times[step] ? 1 : 2;
}

static bool has_finding(const struct folding *folding, size_t lead)
{
	for (size_t i = 0; i < folding->trace->thread_count; i++)
		if (folding->fold->lead[i] == lead && weight_of(folding, i) > 0)
			return true;
	return false;
}

/* The later group comes under the lead of the first; `join` is the first one's. */
static void fold_turn(const struct folding *folding, size_t lead, size_t later, size_t join)
{
	struct fold *fold = folding->fold;
	struct list threads = {0};

	for (size_t i = 0; i < folding->trace->thread_count; i++)
		if (fold->lead[i] == later)
			list_add(&threads, i);
	for (size_t i = 0; i < threads.count; i++)
		for (size_t j = 0; j < folding->about[threads.items[i]].count; j++)
			fold->instead[folding->about[threads.items[i]].items[j]] =
				fold->instead[folding->about[lead].items[j]];
	put_under(folding, &threads, lead);
	fold->all[lead] += threads.count;
	add_times(folding, join);
	free(threads.items);
}

struct turn {
	size_t lead, join; /* of the group that may come again; NO_STEP */
	size_t now;	   /* the group that was started last, and is not joined */
	size_t free;	   /* what the starter frees after a join, as it may after the next; NO_STEP */
};

static const struct turn no_turn = {NO_STEP, NO_STEP, NO_STEP, NO_STEP};

static void take_join(const struct folding *folding, struct turn *turn, size_t join)
{
	struct fold *fold = folding->fold;
	const size_t now = turn->now;

	turn->now = NO_STEP;
	if (now == NO_STEP || fold->lead[step_at(folding, join)->other] != now) {
		turn->lead = NO_STEP;
	} else if (turn->lead != NO_STEP && fold->at_once[turn->lead] == fold->at_once[now] &&
		   are_equal(folding, turn->lead, now) && !has_finding(folding, now)) {
		fold_turn(folding, turn->lead, now, turn->join);
	} else {
		turn->lead = now;
		turn->join = join;
		turn->free = NO_STEP;
	}
}

static void take_free(const struct folding *folding, struct turn *turn, size_t index)
{
	if (turn->lead == NO_STEP || turn->now != NO_STEP) {
		*turn = no_turn;
	} else if (turn->free == NO_STEP) {
		turn->free = index;
	} else if (same_act(folding, step_at(folding, turn->free), step_at(folding, index))) {
		folding->fold->instead[index] = turn->free;
		add_times(folding, turn->free);
	} else {
		*turn = no_turn;
	}
}

static void fold_in_turn(const struct folding *folding, size_t starter)
{
	struct turn turn = no_turn;

	for (size_t i = 0; i < folding->trace->count; i++) {
		const struct trace_step *step = step_at(folding, i);
		if ((size_t)step->thread != starter)
			continue;
		if (step->does == DOES_FINDING)
			turn = no_turn;
		if (!folding->matters[i] || folding->fold->instead[i] != i)
			continue;
		if (step->does == DOES_START && step->other >= 0)
			turn = (struct turn){turn.now == NO_STEP ? turn.lead : NO_STEP, turn.join,
					     folding->fold->lead[step->other], turn.free};
		else if (step->does == DOES_JOIN && step->other >= 0)
			take_join(folding, &turn, i);
		else if (step->does == DOES_FREE)
			take_free(folding, &turn, i);
		else if (step->does != DOES_DETACH)
			turn = no_turn;
	}
}

/* --- the same step again --- */

static bool may_repeat(enum trace_does does)
{
	return does == DOES_FREE || does == DOES_ALLOC || does == DOES_PUT;
}

static void fold_steps(const struct folding *folding, size_t thread)
{
	struct fold *fold = folding->fold;
	size_t first = NO_STEP;

	for (size_t i = 0; i < folding->trace->count; i++) {
		const struct trace_step *step = step_at(folding, i);
		if ((size_t)step->thread != thread)
			continue;
		bool stays = folding->matters[i] && fold->instead[i] == i;
		if (stays && first != NO_STEP && may_repeat(step->does) && !is_told_of(folding, i) &&
		    same_act(folding, step_at(folding, first), step)) {
			fold->instead[i] = first;
			add_times(folding, first);
		} else if (stays || is_access(step->does) || step->does == DOES_FINDING) {
			first = stays && !is_told_of(folding, i) ? i : NO_STEP;
		}
	}
}

/* A wait, its end, and the same again: they are drawn as one that lasts until the last end. */
static void fold_waits(const struct folding *folding, size_t thread)
{
	struct fold *fold = folding->fold;
	size_t wait = NO_STEP, go = NO_STEP, again = NO_STEP;

	for (size_t i = 0; i < folding->trace->count; i++) {
		const struct trace_step *step = step_at(folding, i);
		bool stays = folding->matters[i] && fold->instead[i] == i;
		if ((size_t)step->thread != thread || !(stays || is_access(step->does) || step->does == DOES_FINDING))
			continue;
		if (stays && step->does == DOES_WAIT) {
			again = go != NO_STEP && same_act(folding, step_at(folding, wait), step) ? i : NO_STEP;
			if (again == NO_STEP)
				wait = i, go = NO_STEP;
		} else if (stays && step->does == DOES_GO && again != NO_STEP && step->on && !is_told_of(folding, i)) {
			fold->instead[again] = wait;
			fold->instead[go] = i;
			fold->times[i] = fold->times[go];
			add_times(folding, i);
			go = i, again = NO_STEP;
		} else if (stays && step->does == DOES_GO && wait != NO_STEP && !is_told_of(folding, i)) {
			go = i;
		} else {
			wait = go = again = NO_STEP;
		}
	}
}

/* --- the whole --- */

static void gather(struct folding *folding)
{
	const struct trace *trace = folding->trace;

	for (size_t i = 0; i < trace->thread_count; i++) {
		folding->start[i] = NO_STEP;
		folding->fold->lead[i] = i;
		folding->fold->at_once[i] = folding->fold->all[i] = 1;
	}
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_step *step = &trace->steps[i];
		folding->fold->instead[i] = i;
		if (!folding->matters[i])
			continue;
		list_add(&folding->steps[step->thread], i);
		if (is_about(step->does) && step->other >= 0)
			list_add(&folding->about[step->other], i);
		if (step->does == DOES_START && step->other >= 0)
			folding->start[step->other] = i;
	}
}

void fold_init(struct fold *fold, const struct order *order, const bool *matters)
{
	const struct trace *trace = order->trace;
	const size_t threads = trace->thread_count, count = trace->count;
	struct folding folding = {
		.fold = fold,
		.order = order,
		.trace = trace,
		.matters = matters,
		.steps = mem_zeroed(threads + 1, sizeof(struct list)),
		.about = mem_zeroed(threads + 1, sizeof(struct list)),
		.start = mem_zeroed(threads + 1, sizeof(size_t)),
	};

	*fold = (struct fold){
		.lead = mem_zeroed(threads + 1, sizeof(size_t)),
		.at_once = mem_zeroed(threads + 1, sizeof(size_t)),
		.all = mem_zeroed(threads + 1, sizeof(size_t)),
		.instead = mem_zeroed(count + 1, sizeof(size_t)),
		.times = mem_zeroed(count + 1, sizeof(int)),
	};
	gather(&folding);
	for (size_t i = 0; i < threads; i++)
		fold_at_once(&folding, i);
	for (size_t i = 0; i < threads; i++)
		fold_in_turn(&folding, i);
	for (size_t i = 0; i < threads; i++) {
		fold_steps(&folding, i);
		fold_waits(&folding, i);
	}
	for (size_t i = 0; i < threads; i++) {
		free(folding.steps[i].items);
		free(folding.about[i].items);
	}
	free(folding.steps);
	free(folding.about);
	free(folding.start);
}

void fold_release(struct fold *fold)
{
	free(fold->lead);
	free(fold->at_once);
	free(fold->all);
	free(fold->instead);
	free(fold->times);
	*fold = (struct fold){0};
}

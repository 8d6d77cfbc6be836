/* From a trace to lanes: which threads, which steps, in which rows. See lanes.h. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* --- which threads are drawn --- */

/* main(), those with a finding, those that it is about; the lower, the sooner. */
static void rank_threads(const struct trace *trace, int *rank)
{
	for (size_t i = 0; i < trace->thread_count; i++)
		rank[i] = i == 0 ? 0 : 3;
	for (size_t i = 0; i < trace->count; i++) {
		const struct trace_step *step = &trace->steps[i];
		if (step->does != DOES_FINDING)
			continue;
		if (rank[step->thread] > 1)
			rank[step->thread] = 1;
		for (size_t j = 0; j < step->after_count; j++)
			if (rank[trace->steps[step->after[j]].thread] > 2)
				rank[trace->steps[step->after[j]].thread] = 2;
	}
}

static void choose_lanes(struct making *making)
{
	const struct trace *trace = making->trace;
	struct lanes *lanes = making->lanes;
	int *rank = mem_zeroed(trace->thread_count + 1, sizeof *rank);
	size_t chosen = 0;

	rank_threads(trace, rank);
	for (size_t i = 0; i < trace->thread_count; i++)
		making->lane_of[i] = NO_LANE;
	for (int wanted = 0; wanted <= 3; wanted++)
		for (size_t i = 0; i < trace->thread_count && chosen < LANES_MOST; i++)
			if (rank[i] == wanted) {
				making->lane_of[i] = 0;
				chosen++;
			}
	lanes->lanes = mem_zeroed(chosen + 1, sizeof *lanes->lanes);
	for (size_t i = 0; i < trace->thread_count; i++)
		if (making->lane_of[i] != NO_LANE) {
			lanes->lanes[lanes->lane_count].name = mem_copy(trace->threads[i]);
			making->lane_of[i] = lanes->lane_count++;
		}
	lanes->not_drawn = words_of_rest(trace->thread_count - chosen + trace->threads_left_out, trace->steps_left_out);
	free(rank);
}

/* --- which steps, and where --- */

static enum lane_state state_after(enum trace_does does)
{
	return does == DOES_WAIT   ? LANE_WAITS
	       : does == DOES_END  ? LANE_ENDED
	       : does == DOES_EXIT ? LANE_GONE
				   : LANE_RUNS;
}

static bool is_access(enum trace_does does)
{
	return does == DOES_READ || does == DOES_WRITE || does == DOES_FREE || does == DOES_LOCK || does == DOES_UNLOCK;
}

/* What was freed is used afterwards, though nothing orders the two: no picture may show the use before the free. */
static int row_of_free(const struct making *making, const struct trace_step *step)
{
	const struct trace_step *steps = making->trace->steps;
	int row = 0;

	for (size_t i = 0; is_access(step->does) && step->on && &steps[i] < step; i++)
		if (steps[i].does == DOES_FREE && steps[i].on && strcmp(steps[i].on, step->on) == 0 &&
		    making->rows[i] > row)
			row = making->rows[i];
	return row;
}

/* The row of the last step that this one comes after, in its own thread or another. */
static int row_before(const struct making *making, const struct trace_step *step)
{
	int row = making->thread_row[step->thread];

	for (size_t i = 0; i < step->after_count; i++)
		if (making->rows[step->after[i]] > row && step->does != DOES_FINDING)
			row = making->rows[step->after[i]];
	if (row_of_free(making, step) > row)
		row = row_of_free(making, step);
	/* The program ends after all else that is drawn. */
	if (step->does == DOES_EXIT)
		for (size_t i = 0; i < making->lanes->step_count; i++)
			if (making->lanes->steps[i].row > row)
				row = making->lanes->steps[i].row;
	return row;
}

/* The starts and joins of threads that are not drawn, one after the other, are told as one. */
static bool is_of_hidden(const struct making *making, const struct trace_step *step)
{
	return (step->does == DOES_START || step->does == DOES_JOIN || step->does == DOES_DETACH) && step->other >= 0 &&
	       making->lane_of[step->other] == NO_LANE;
}

static const char *verb_of(enum trace_does does)
{
	return does == DOES_START ? "starts" : does == DOES_JOIN ? "joins" : "detaches";
}

static bool merge_hidden(struct making *making, const struct trace_step *step, size_t lane)
{
	size_t item = making->last[lane];

	if (!is_of_hidden(making, step) || item == NO_ITEM)
		return false;
	struct lane_step *before = &making->lanes->steps[item];
	const char *verb = verb_of(step->does);
	if (making->merged[item] == 0 || before->fault || strncmp(before->words, verb, strlen(verb)) != 0)
		return false;
	making->merged[item]++;
	free(before->words);
	before->words = mem_format("%s %zu more threads", verb, making->merged[item]);
	return true;
}

static size_t add_item(struct making *making, const struct trace_step *step, size_t lane, char *words, int row)
{
	struct lanes *lanes = making->lanes;
	size_t item = lanes->step_count++;

	lanes->steps = mem_resize(lanes->steps, lanes->step_count, sizeof *lanes->steps);
	making->merged = mem_resize(making->merged, lanes->step_count, sizeof *making->merged);
	making->merged[item] = is_of_hidden(making, step);
	lanes->steps[item] = (struct lane_step){lane, row, words, step->line, NULL, state_after(step->does)};
	making->last[lane] = item;
	return item;
}

/* What a finding is told beside; its own item, where the step before is of another line. */
static size_t item_of_finding(struct making *making, const struct trace_step *step, size_t lane, int *row)
{
	size_t before = making->last[lane];

	if (before != NO_ITEM && (step->line == 0 || making->lanes->steps[before].line == step->line))
		return before;
	return add_item(making, step, lane, words_of_step(making->trace, step), ++*row);
}

static void add_fault(struct lane_step *item, char *words)
{
	char *both = item->fault && !strstr(item->fault, words) ? mem_format("%s; %s", item->fault, words) : NULL;

	if (both || !item->fault) {
		free(item->fault);
		item->fault = both ? both : mem_copy(words);
	}
	free(words);
}

/*
 * The access that a finding is about besides its own: the last that it comes after and that is drawn; else, since what
 * nothing orders does not come after anything, the last of another thread to the same object.
 */
static size_t other_of(const struct making *making, size_t index)
{
	const struct trace_step *steps = making->trace->steps, *finding = &steps[index];

	for (size_t i = finding->after_count; i-- > 0;)
		if (making->item_of[finding->after[i]] != NO_ITEM)
			return finding->after[i];
	for (size_t i = index; i-- > 0;)
		if (finding->on && steps[i].on && strcmp(steps[i].on, finding->on) == 0 && is_access(steps[i].does) &&
		    steps[i].thread != finding->thread && making->item_of[i] != NO_ITEM)
			return i;
	return NO_ITEM;
}

static void link_finding(struct making *making, size_t index, size_t item)
{
	struct lanes *lanes = making->lanes;
	const struct trace_step *finding = &making->trace->steps[index];
	size_t other = other_of(making, index);
	const struct trace_step *access =
		other == NO_ITEM || !is_access(making->trace->steps[other].does) ? NULL : &making->trace->steps[other];

	add_fault(&lanes->steps[item], words_of_finding(finding, access));
	if (!access || making->item_of[other] == item)
		return;
	if (finding->kind && is_race(finding->kind) && lanes->steps[item].line)
		add_fault(&lanes->steps[making->item_of[other]],
			  mem_format("nothing orders this with line %d", lanes->steps[item].line));
	for (size_t i = 0; i < lanes->link_count; i++)
		if (lanes->links[i].from == making->item_of[other] && lanes->links[i].to == item)
			return;
	lanes->links = mem_resize(lanes->links, lanes->link_count + 1, sizeof *lanes->links);
	lanes->links[lanes->link_count++] = (struct lane_link){making->item_of[other], item};
}

static void place_step(struct making *making, size_t index)
{
	const struct trace_step *step = &making->trace->steps[index];
	size_t lane = making->lane_of[step->thread], item = NO_ITEM;
	int row = row_before(making, step);
	bool told = lane != NO_LANE && !(step->does == DOES_DETACH && is_of_hidden(making, step));
	char *words = told ? words_of_step(making->trace, step) : NULL;

	if (lane != NO_LANE && step->does == DOES_FINDING)
		item = item_of_finding(making, step, lane, &row);
	else if (words && merge_hidden(making, step, lane))
		item = making->last[lane];
	else if (words)
		item = add_item(making, step, lane, mem_copy(words), ++row);
	making->rows[index] = making->thread_row[step->thread] = row;
	making->item_of[index] = item;
	if (item != NO_ITEM && step->does == DOES_FINDING)
		link_finding(making, index, item);
	free(words);
}

/*
 * What is known of a thread when the program ends. Whether one that no join waits for has ended by then is luck, and is
 * not said; only main() has not, since its end is the program's.
 */
static void end_lanes(struct making *making)
{
	struct lanes *lanes = making->lanes;
	const struct lane_step *last = lanes->step_count ? &lanes->steps[lanes->step_count - 1] : NULL;

	if (!last || last->after != LANE_GONE)
		return;
	int row = last->row;
	for (size_t i = 0; i < lanes->lane_count; i++) {
		enum lane_state state = making->last[i] == NO_ITEM ? LANE_RUNS : lanes->steps[making->last[i]].after;
		const struct trace_step end = {.does = DOES_EXIT, .other = -1};
		const char *words = state == LANE_WAITS ? "still waits" : i == 0 ? "has not ended" : "is not joined";
		if (state == LANE_RUNS || state == LANE_WAITS)
			add_item(making, &end, i, mem_copy(words), row);
	}
}

/* --- the whole --- */

void lanes_init(struct lanes *lanes, const char *title, const struct trace *trace)
{
	struct making making = {
		.trace = trace,
		.lanes = lanes,
		.lane_of = mem_zeroed(trace->thread_count + 1, sizeof(size_t)),
		.rows = mem_zeroed(trace->count + 1, sizeof(int)),
		.item_of = mem_zeroed(trace->count + 1, sizeof(size_t)),
		.thread_row = mem_zeroed(trace->thread_count + 1, sizeof(int)),
		.last = mem_zeroed(LANES_MOST, sizeof(size_t)),
	};

	*lanes = (struct lanes){.title = mem_copy(title)};
	choose_lanes(&making);
	for (size_t i = 0; i < LANES_MOST; i++)
		making.last[i] = NO_ITEM;
	for (size_t i = 0; i < trace->count; i++)
		place_step(&making, i);
	end_lanes(&making);
	lanes_join(&making);
	free(making.lane_of);
	free(making.rows);
	free(making.item_of);
	free(making.thread_row);
	free(making.last);
	free(making.merged);
}

void lanes_release(struct lanes *lanes)
{
	for (size_t i = 0; i < lanes->lane_count; i++)
		free(lanes->lanes[i].name);
	for (size_t i = 0; i < lanes->step_count; i++) {
		free(lanes->steps[i].words);
		free(lanes->steps[i].fault);
	}
	free(lanes->title);
	free(lanes->not_drawn);
	free(lanes->lanes);
	free(lanes->steps);
	free(lanes->arrows);
	free(lanes->links);
	*lanes = (struct lanes){0};
}

/* What stands between the steps: arrows, and where a lane begins and ends. See lanes.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parts.h"

/* --- the arrows --- */

/* The row of the step that is drawn in this thread before the one of this index; -1: none. */
static int row_of_previous(const struct making *making, size_t index)
{
	const struct trace_step *steps = making->trace->steps;

	for (size_t i = index; i-- > 0;)
		if (steps[i].thread == steps[index].thread && making->item_of[i] != NO_ITEM)
			return making->lanes->steps[making->item_of[i]].row;
	return -1;
}

/* Whether the thread has a step that is drawn in the rows after `first`, up to `last`. */
static bool is_busy(const struct making *making, size_t lane, int first, int last)
{
	for (size_t i = 0; i < making->lanes->step_count; i++)
		if (making->lanes->steps[i].lane == lane && making->lanes->steps[i].row > first &&
		    making->lanes->steps[i].row <= last)
			return true;
	return false;
}

static void add_arrow(struct making *making, size_t from, size_t to, int row)
{
	struct lanes *lanes = making->lanes;

	for (size_t i = 0; i < lanes->arrow_count; i++)
		if (lanes->arrows[i].from == from && lanes->arrows[i].to == to && lanes->arrows[i].row == row)
			return;
	lanes->arrows = mem_resize(lanes->arrows, lanes->arrow_count + 1, sizeof *lanes->arrows);
	lanes->arrows[lanes->arrow_count++] = (struct lane_arrow){from, to, row, 0};
}

/*
 * The arrow lies below the row of the step that it comes from, or below the one that it finds its thread at. There is none
 * where what it comes from has gone on meanwhile: the other thread did not have to wait.
 */
static void draw_arrows(struct making *making, size_t index)
{
	const struct trace_step *step = &making->trace->steps[index];
	size_t to = making->lane_of[step->thread];

	if (to == NO_LANE || step->does == DOES_FINDING || step->does == DOES_EXIT)
		return;
	for (size_t i = 0; i < step->after_count; i++) {
		size_t source = making->item_of[step->after[i]];
		if (source == NO_ITEM || making->lanes->steps[source].lane == to)
			continue;
		int first = making->lanes->steps[source].row, row = row_of_previous(making, index);
		row = row < first ? first : row;
		if (!is_busy(making, making->lanes->steps[source].lane, first, row))
			add_arrow(making, making->lanes->steps[source].lane, to, row);
	}
}

static int compare_arrows(const void *left, const void *right)
{
	const struct lane_arrow *a = left, *b = right;

	if (a->row != b->row)
		return a->row - b->row;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return a->to < b->to ? -1 : a->to > b->to;
}

static bool overlap(const struct lane_arrow *a, const struct lane_arrow *b)
{
	size_t low = a->from < a->to ? a->from : a->to, high = a->from < a->to ? a->to : a->from;
	size_t other_low = b->from < b->to ? b->from : b->to, other_high = b->from < b->to ? b->to : b->from;

	return low <= other_high && other_low <= high;
}

/* Arrows of one row that would touch lie one below the other. */
static void stack_arrows(struct lanes *lanes)
{
	if (lanes->arrow_count)
		qsort(lanes->arrows, lanes->arrow_count, sizeof *lanes->arrows, compare_arrows);
	for (size_t i = 0; i < lanes->arrow_count; i++)
		for (size_t j = i; j-- > 0 && lanes->arrows[j].row == lanes->arrows[i].row;)
			if (overlap(&lanes->arrows[i], &lanes->arrows[j]) &&
			    lanes->arrows[i].strip <= lanes->arrows[j].strip)
				lanes->arrows[i].strip = lanes->arrows[j].strip + 1;
}

/* --- the order of the steps, and the ends of the lanes --- */

static int compare_steps(const void *left, const void *right)
{
	const struct lane_step *a = left, *b = right;

	if (a->row != b->row)
		return a->row - b->row;
	return a->lane < b->lane ? -1 : a->lane > b->lane;
}

/* Links know steps by their place, which sorting changes. */
static void sort_steps(struct lanes *lanes)
{
	struct lane_step *before = mem_zeroed(lanes->step_count + 1, sizeof *before);

	if (lanes->step_count == 0) {
		free(before);
		return;
	}
	memcpy(before, lanes->steps, lanes->step_count * sizeof *before);
	qsort(lanes->steps, lanes->step_count, sizeof *lanes->steps, compare_steps);
	for (size_t i = 0; i < lanes->link_count; i++) {
		struct lane_step from = before[lanes->links[i].from], to = before[lanes->links[i].to];
		for (size_t j = 0; j < lanes->step_count; j++) {
			if (lanes->steps[j].words == from.words)
				lanes->links[i].from = j;
			if (lanes->steps[j].words == to.words)
				lanes->links[i].to = j;
		}
	}
	free(before);
}

/* From the arrow that starts a thread to the last of what is drawn of it. */
static void bound_lanes(struct lanes *lanes)
{
	for (size_t i = 0; i < lanes->lane_count; i++) {
		struct lane *lane = &lanes->lanes[i];
		const struct lane_step *first = NULL, *last = NULL;
		for (size_t j = 0; j < lanes->step_count; j++)
			if (lanes->steps[j].lane == i) {
				first = first ? first : &lanes->steps[j];
				last = &lanes->steps[j];
			}
		lane->first = !i || !first ? 0 : first->row - 1;
		lane->last =
			!last || last->after == LANE_RUNS || last->after == LANE_WAITS ? lanes->row_count : last->row;
		for (size_t j = 0; j < lanes->arrow_count; j++) {
			if (i && lanes->arrows[j].to == i && lanes->arrows[j].row < lane->first)
				lane->first = lanes->arrows[j].row;
			if (lanes->arrows[j].from == i && lanes->arrows[j].row > lane->last)
				lane->last = lanes->arrows[j].row;
		}
	}
}

void lanes_join(struct making *making)
{
	struct lanes *lanes = making->lanes;

	for (size_t i = 0; i < making->trace->count; i++)
		draw_arrows(making, i);
	stack_arrows(lanes);
	sort_steps(lanes);
	lanes->row_count = lanes->step_count ? lanes->steps[lanes->step_count - 1].row : 0;
	bound_lanes(lanes);
}

/*
 * Which findings are one fault. Two detectors that see a race name it each in
 * its way, and may even see another pair of its accesses; what they have in
 * common is a place in the source where the one or the other access is made.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

const struct frame *stack_place(const struct stack *stack)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->frames[i].own)
			return &stack->frames[i];
	return NULL;
}

bool stack_is_of_fault(const struct finding *finding, size_t index)
{
	/* Where a block, a thread or a lock came from, which all its faults have in common; and moments of DRD's other thread. */
	static const char *const others[] = {"alloc",	    "Created",	  "created",	   "First use",
					     "comes after", "and before", "First observed"};
	const char *role = finding->stacks[index].role;

	for (size_t i = 0; index && role && i < sizeof others / sizeof *others; i++)
		if (strstr(role, others[i]))
			return false;
	/* DRD says nothing of what the block's stack is but this. */
	return !index || !role || !strstr(role, "from the start of a block");
}

static bool same_line(const struct frame *one, const struct frame *other)
{
	return one && other && one->file && other->file && one->line == other->line &&
	       strcmp(one->file, other->file) == 0;
}

/* What is called another way when another detector calls it. */
static bool kinds_agree(const struct finding *one, const struct finding *other)
{
	enum family family = sort_of(one->kind)->family;

	return family == FAMILY_NONE ? strcmp(one->kind, other->kind) == 0 : family == sort_of(other->kind)->family;
}

/* A thread is known by where it was started, which is not where the finding's first stack is. */
static const struct frame *fault_place(const struct finding *finding, size_t index)
{
	bool of_threads = sort_of(finding->kind)->family == FAMILY_THREADS;

	return of_threads || stack_is_of_fault(finding, index) ? stack_place(&finding->stacks[index]) : NULL;
}

static bool has_place(const struct finding *finding, const struct frame *place)
{
	for (size_t i = 0; i < finding->stack_count; i++)
		if (same_line(fault_place(finding, i), place))
			return true;
	return false;
}

/* How many of the places of `other` are places of `one`; 0 when they are not one fault. */
static size_t in_common(const struct finding *one, const struct finding *other, bool same_detector)
{
	size_t common = 0, places = 0;

	if (!kinds_agree(one, other))
		return 0;
	for (size_t i = 0; i < other->stack_count; i++) {
		const struct frame *place = fault_place(other, i);
		places += place != NULL;
		common += place && has_place(one, place);
	}
	/* A detector tells apart what it reports twice, unless it is the same pair the other way round. */
	return same_detector && common < places ? 0 : common;
}

const struct finding *group_finding(const struct groups *groups, size_t group)
{
	const struct group *one = &groups->items[group];

	return &groups->results->items[one->result].seen.findings.items[one->finding];
}

/* The group of the finding: the one that it has most in common with, or a new one. */
static size_t find(struct groups *groups, size_t result, size_t index)
{
	const struct finding *finding = &groups->results->items[result].seen.findings.items[index];
	size_t best = 0, most = 0;

	for (size_t i = 0; i < groups->count; i++) {
		size_t common = in_common(group_finding(groups, i), finding, groups->items[i].result == result);
		if (common > most) {
			most = common;
			best = i;
		}
	}
	if (most)
		return best;
	groups->items = mem_resize(groups->items, groups->count + 1, sizeof *groups->items);
	groups->items[groups->count] = (struct group){.result = result, .finding = index};
	return groups->count++;
}

void groups_init(struct groups *groups, const struct results *results)
{
	*groups = (struct groups){.results = results, .of = mem_zeroed(results->count, sizeof *groups->of)};
	for (size_t i = 0; i < results->count; i++) {
		const struct findings *all = &results->items[i].seen.findings;
		groups->of[i] = mem_zeroed(all->count, sizeof **groups->of);
		for (size_t j = 0; j < all->count; j++)
			groups->of[i][j] = find(groups, i, j);
	}
}

bool group_has(const struct groups *groups, size_t group, size_t result)
{
	for (size_t j = 0; j < groups->results->items[result].seen.findings.count; j++)
		if (groups->of[result][j] == group)
			return true;
	return false;
}

bool group_is_first(const struct groups *groups, size_t result, size_t index)
{
	const struct group *group = &groups->items[groups->of[result][index]];

	return group->result == result && group->finding == index;
}

void groups_release(struct groups *groups)
{
	for (size_t i = 0; groups->of && i < groups->results->count; i++)
		free(groups->of[i]);
	free(groups->of);
	free(groups->items);
	*groups = (struct groups){0};
}

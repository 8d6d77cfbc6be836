/* What a bound is about, over time: its figure, and how much of it was allowed. See plot.h. */
#include "plot.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/measured.h"

/* The series of a figure; NULL: none was kept of it. */
static const json_t *series_of(const json_t *measured, const char *figure)
{
	return figure ? json_object_get(json_object_get(measured, "series"), figure) : NULL;
}

static long long value_at(const json_t *series, size_t index)
{
	long long value = json_integer_value(json_array_get(series, index));

	return value > PLOT_MOST ? PLOT_MOST : value < -PLOT_MOST ? -PLOT_MOST : value;
}

/* The right side at one moment; a product that no plot could show is cut. */
static long long limit_at(const struct bound *bound, const json_t *measured, size_t index)
{
	long long limit = bound->constant, product;

	for (size_t i = 0; i < bound->term_count; i++) {
		const json_t *series =
			series_of(measured, bound->terms[i].start ? bound->figure : bound->terms[i].figure);
		long long value = value_at(series, bound->terms[i].start ? 0 : index);
		if (__builtin_mul_overflow(value, bound->terms[i].factor, &product) ||
		    __builtin_add_overflow(limit, product, &limit))
			return PLOT_MOST;
	}
	return limit > PLOT_MOST ? PLOT_MOST : limit < -PLOT_MOST ? -PLOT_MOST : limit;
}

bool plot_can_show(const json_t *measured, const struct bound *bound)
{
	if (!json_array_size(series_of(measured, bound->figure)))
		return false;
	for (size_t i = 0; i < bound->term_count; i++)
		if (!bound->terms[i].start && !json_array_size(series_of(measured, bound->terms[i].figure)))
			return false;
	return true;
}

/* What stands after the operator: "in_flight + 10". */
static char *right_side(const struct bound *bound)
{
	const char *sign = strpbrk(bound->text, "<>=!");

	return mem_copy(sign ? sign + strspn(sign, "<>=! ") : bound->text);
}

bool plot_init_bound(struct plot *plot, const json_t *measured, const struct bound *bound)
{
	const json_t *series = json_object_get(measured, "series");
	char *at_exit;

	*plot = (struct plot){
		.width_us = json_integer_value(json_object_get(series, "width_us")),
		.end_us = json_integer_value(json_object_get(measured, "wall_us")),
		.bounded = true,
	};
	if (plot->width_us <= 0 || !plot_can_show(measured, bound))
		return false;
	const char *key = measured_key_of(bound->figure, MOMENT_EXIT);
	at_exit = key ? mem_copy(key) : measured_gauge_key(bound->figure, MOMENT_EXIT);
	plot->at_exit = json_integer_value(json_object_get(measured, at_exit));
	free(at_exit);
	plot->count = json_array_size(series_of(measured, bound->figure));
	plot->line_count = 2;
	plot->lines[0].name = mem_copy(bound->figure);
	char *right = right_side(bound);
	plot->lines[1].name =
		mem_format("%s: %s", bound->op == BOUND_EQUAL ? "to be equal at the end" : "allowed", right);
	free(right);
	for (int i = 0; i < 2; i++)
		plot->lines[i].values = mem_zeroed(plot->count, sizeof *plot->lines[i].values);
	for (size_t i = 0; i < plot->count; i++) {
		plot->lines[0].values[i] = value_at(series_of(measured, bound->figure), i);
		plot->lines[1].values[i] = limit_at(bound, measured, i);
	}
	plot_end(plot);
	return true;
}

/* How much a reader learns from the curve of this bound: the lower, the more; -1: nothing. */
static int rank_of(const struct bound *bound, const json_t *measured)
{
	static const char *const counters[] = {"joined", "detached",	"started", "unjoined",
					       "cpu",	 "descriptors", "memory"};

	if (!bound->figure || !plot_can_show(measured, bound))
		return -1;
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
		if (strcmp(bound->figure, counters[i]) == 0)
			return i < 4 ? -1 : 2;
	return bound->at_exit && bound->op != BOUND_EQUAL;
}

const struct bound *plot_broken_bound(const struct budget *budget, const json_t *measured,
				      const struct findings *findings)
{
	const struct bound *best = NULL;
	int best_rank = 3;

	for (size_t i = 0; i < budget->count; i++) {
		int rank = rank_of(&budget->bounds[i], measured);
		bool broken = false;
		for (size_t j = 0; j < findings->count && !broken; j++)
			broken = strcmp(findings->items[j].kind, budget->bounds[i].kind) == 0;
		if (!broken || rank < 0 || rank >= best_rank)
			continue;
		best = &budget->bounds[i];
		best_rank = rank;
	}
	return best;
}

void plot_squeeze(struct plot *plot)
{
	size_t kept = 1;

	for (size_t i = 1; i < plot->count; i++) {
		bool same = true;
		for (size_t j = 0; j < plot->line_count; j++)
			same = same && plot->lines[j].values[i] == plot->lines[j].values[kept - 1];
		if (same)
			continue;
		for (size_t j = 0; j < plot->line_count; j++)
			plot->lines[j].values[kept] = plot->lines[j].values[i];
		kept++;
	}
	plot->count = kept;
	plot->width_us = 1;
	plot->end_us = (long long)kept;
	plot->by_change = true;
}

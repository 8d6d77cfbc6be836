/* A program's figures as JSON. See budget_report.h. */
#include "budget_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/measured.h"

static void set(json_t *object, const char *key, long long number)
{
	json_object_set_new(object, key, json_integer(number));
}

static long long value_of(const struct figure *figure, enum moment moment)
{
	const long long values[] = {[MOMENT_START] = figure->start,
				    [MOMENT_PEAK] = figure->peak,
				    [MOMENT_EXIT] = figure->at_exit,
				    [MOMENT_END] = figure->last};

	return values[moment];
}

static json_t *series_to_json(const struct budget_series *series)
{
	json_t *object = json_object();

	set(object, "width_us", series->width_us);
	for (size_t column = 0; column < series->columns; column++) {
		json_t *values = json_array();
		for (size_t row = 0; row < series->rows; row++)
			json_array_append_new(values, json_integer(series->values[row * series->columns + column]));
		json_object_set_new(object, series->names[column], values);
	}
	return object;
}

static void set_gauges(json_t *object, const struct figures *figures)
{
	for (size_t i = 0; i < figures->count; i++) {
		const struct figure *gauge = &figures->items[i];
		if (!gauge->gauge)
			continue;
		char *peak = measured_gauge_key(gauge->name, MOMENT_PEAK);
		char *at_exit = measured_gauge_key(gauge->name, MOMENT_EXIT);
		set(object, peak, gauge->peak);
		set(object, at_exit, gauge->at_exit);
		free(peak);
		free(at_exit);
	}
}

json_t *budget_image_to_json(const struct budget_image *image)
{
	const struct figures *figures = &image->figures;
	const struct figure *cpu = figures_find(figures, FIGURE_CPU);
	json_t *object = json_object();

	for (const struct measured_key *at = measured_keys; at->key; at++) {
		const struct figure *figure = figures_find(figures, at->figure);
		if (figure)
			set(object, at->key, value_of(figure, at->moment));
	}
	set(object, "wall_us", figures->wall_us);
	if (cpu && figures->wall_us > 0)
		set(object, "cpu_percent", cpu->last * 100 / figures->wall_us);
	json_object_set_new(object, "stop_us", figures->stop_us < 0 ? json_null() : json_integer(figures->stop_us));
	set_gauges(object, figures);
	json_object_set_new(object, "series", series_to_json(&image->series));
	return object;
}

/* --- bounds --- */

static bool limit_moves(const struct bound *bound)
{
	bool moves = false;

	for (size_t i = 0; i < bound->term_count; i++)
		moves = moves || !bound->terms[i].start;
	return moves;
}

/* Whether the figures have the number that the bound is about: of each moment's, they know the largest. */
static bool has_value(const struct bound *bound)
{
	return bound->at_exit || (bound->op != BOUND_AT_LEAST && bound->op != BOUND_ABOVE);
}

json_t *budget_bound_to_json(const struct budget_image *image, const struct budget *budget, size_t index)
{
	const struct bound *bound = &budget->bounds[index];
	struct bound_outcome outcome = bound_check(bound, &image->figures);
	const struct budget_broken *broken = NULL;

	if (outcome.state == BOUND_UNKNOWN)
		return NULL;
	for (size_t i = 0; i < image->broken_count && !broken; i++)
		if (image->broken[i].bound == (long long)index)
			broken = &image->broken[i];
	bool holds = !broken && outcome.state == BOUND_HOLDS;
	json_t *object = json_pack("{s:s, s:b}", "bound", bound->text, "holds", holds);
	if (!holds || has_value(bound))
		set(object, "value", broken ? broken->worst_value : outcome.value);
	if (!holds || (has_value(bound) && (bound->at_exit || !limit_moves(bound))))
		set(object, "limit", broken ? broken->worst_limit : outcome.limit);
	return object;
}

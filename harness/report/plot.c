/* Threads and gauges over time, in the terminal. See plot.h. */
#include "plot.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parts.h"
#include "verdict/budget.h"
#include "verdict/measured.h"

enum { ROWS_LEAST = 4, ROWS_MOST = 12, VALUES_MOST = 1 << 16 };

/* --- what is drawn --- */

static bool add_line(struct plot *plot, const json_t *series, const char *name)
{
	const json_t *values = json_object_get(series, name), *value;
	size_t count = json_array_size(values), i;

	for (i = 0; i < plot->line_count; i++)
		if (strcmp(plot->lines[i].name, name) == 0)
			return true;
	if (plot->line_count == PLOT_LINES || count == 0 || count > VALUES_MOST ||
	    (plot->line_count && count != plot->count))
		return false;
	struct plot_line *line = &plot->lines[plot->line_count++];
	*line = (struct plot_line){mem_copy(name), mem_zeroed(count, sizeof *line->values)};
	plot->count = count;
	json_array_foreach(values, i, value) {
		long long number = json_integer_value(value);
		line->values[i] = number > PLOT_MOST ? PLOT_MOST : number < -PLOT_MOST ? -PLOT_MOST : number;
	}
	return true;
}

static void add_gauges(struct plot *plot, const json_t *series, const char *bounds)
{
	struct budget budget = {0};
	char *error = NULL;

	if (bounds)
		budget_parse(&budget, bounds, &error);
	for (size_t i = 0; i < budget.count; i++) {
		const struct bound *bound = &budget.bounds[i];
		if (!bound->figure || strcmp(bound->figure, "threads") != 0)
			continue;
		for (size_t j = 0; j < bound->term_count; j++)
			if (!bound->terms[j].start)
				add_line(plot, series, bound->terms[j].figure);
	}
	free(error);
	budget_release(&budget);
}

bool plot_init(struct plot *plot, const json_t *measured, const char *bounds)
{
	const json_t *series = json_object_get(measured, "series");

	*plot = (struct plot){
		.width_us = json_integer_value(json_object_get(series, "width_us")),
		.end_us = json_integer_value(json_object_get(measured, "wall_us")),
		.at_exit = json_integer_value(json_object_get(measured, measured_key_of(FIGURE_THREADS, MOMENT_EXIT))),
	};
	if (plot->width_us <= 0 || !add_line(plot, series, FIGURE_THREADS))
		return false;
	add_gauges(plot, series, bounds);
	plot_end(plot);
	return true;
}

void plot_end(struct plot *plot)
{
	if (plot->end_us <= ((long long)plot->count - 1) * plot->width_us)
		plot->end_us = ((long long)plot->count - 1) * plot->width_us + 1;
}

void plot_release(struct plot *plot)
{
	for (size_t i = 0; i < plot->line_count; i++) {
		free(plot->lines[i].name);
		free(plot->lines[i].values);
	}
	*plot = (struct plot){0};
}

long long plot_step(long long most, int steps)
{
	static const long long factors[] = {1, 2, 5};

	for (long long power = 1;; power *= 10)
		for (int i = 0; i < 3; i++)
			if ((most + power * factors[i] - 1) / (power * factors[i]) <= steps)
				return power * factors[i];
}

/* --- the canvas --- */

struct glyphs {
	const char *full, *half, *marks[PLOT_LINES - 1], *axis, *tick, *corner, *floor;
};

struct canvas {
	FILE *out;
	struct style style;
	const struct plot *plot;
	const struct glyphs *glyphs;
	long long step; /* of a row */
	int rows, columns, label;
};

/* The most of the line in this column's stretch of time. */
static long long peak_in(const struct canvas *canvas, size_t line, int column)
{
	const struct plot *plot = canvas->plot;
	long long from = plot->end_us * column / canvas->columns, to = plot->end_us * (column + 1) / canvas->columns;
	size_t first = (size_t)(from / plot->width_us), last = (size_t)((to > from ? to - 1 : from) / plot->width_us);
	const long long *values = plot->lines[line].values;

	/* After the last event all stays as it is. */
	if (first >= plot->count)
		first = plot->count - 1;
	if (last >= plot->count)
		last = plot->count - 1;
	long long most = values[first];
	for (size_t i = first + 1; i <= last; i++)
		if (values[i] > most)
			most = values[i];
	return most > 0 ? most : 0;
}

/* The row that the value reaches; 0 is the axis. */
static int row_of(const struct canvas *canvas, long long value)
{
	return (int)((value + canvas->step - 1) / canvas->step);
}

/* The gauge whose mark stands in this cell, as an index of lines; 0: none. */
static size_t mark_at(const struct canvas *canvas, int row, int column)
{
	for (size_t i = 1; i < canvas->plot->line_count; i++)
		if (row_of(canvas, peak_in(canvas, i, column)) == row)
			return i;
	return 0;
}

static const char *bar_at(const struct canvas *canvas, int row, int column)
{
	long long over = peak_in(canvas, 0, column) - (row - 1) * canvas->step;

	if (over <= 0)
		return " ";
	return 2 * over <= canvas->step ? canvas->glyphs->half : canvas->glyphs->full;
}

/* Row 0 is the axis. Blanks at the end are left out. */
static void print_cells(const struct canvas *canvas, int row)
{
	int blanks = 0;

	for (int column = 0; column < canvas->columns; column++) {
		size_t mark = mark_at(canvas, row, column);
		const char *cell = mark	 ? canvas->glyphs->marks[mark - 1]
				   : row ? bar_at(canvas, row, column)
					 : canvas->glyphs->floor;
		if (strcmp(cell, " ") == 0) {
			blanks++;
			continue;
		}
		fprintf(canvas->out, "%*s%s%s%s", blanks, "", mark ? ink(canvas->style, INK_WARN) : "", cell,
			mark ? ink(canvas->style, INK_OFF) : "");
		blanks = 0;
	}
	putc('\n', canvas->out);
}

static void print_row(const struct canvas *canvas, int row)
{
	int between = canvas->rows <= 6 ? 1 : (canvas->rows + 3) / 4;
	const char *axis = canvas->glyphs->axis;

	if (row % between == 0) {
		fprintf(canvas->out, "%*lld ", canvas->label, row * canvas->step);
		axis = row ? canvas->glyphs->tick : canvas->glyphs->corner;
	} else {
		fprintf(canvas->out, "%*s ", canvas->label, "");
	}
	fputs(axis, canvas->out);
	print_cells(canvas, row);
}

/* --- around it --- */

/* Below the axis: where it begins and ends, and what it is, if there is room. */
static void print_time(const struct canvas *canvas)
{
	static const char words[] = "time since the start";
	char *end = time_for_people(canvas->plot->end_us);
	int left = canvas->label + 2, length = (int)sizeof words - 1;
	int room = canvas->columns - 1 - (int)strlen(end), before = (canvas->columns - length) / 2 - 1;

	fprintf(canvas->out, "%*s0", left, "");
	if (before > 1 && before + length + 2 <= room)
		fprintf(canvas->out, "%*s%s%*s%s\n", before, "", words, room - before - length, "", end);
	else
		fprintf(canvas->out, "%*s%s\n", room, "", end);
	free(end);
}

static void print_title(const struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	size_t named = plot->bounded ? 1 : plot->line_count;

	fputs(ink(canvas->style, INK_STRONG), canvas->out);
	for (size_t i = 0; i < named; i++)
		fprintf(canvas->out, "%s%s", i == 0 ? "" : i + 1 == named ? " and " : ", ", plot->lines[i].name);
	fprintf(canvas->out, " over time%s\n%*s\n", ink(canvas->style, INK_OFF), canvas->label > 6 ? canvas->label : 6,
		"number");
}

static void print_legend(const struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	int left = canvas->label + 2, column = left;

	fprintf(canvas->out, "%*s", left, "");
	for (size_t i = 0; i < plot->line_count; i++) {
		int length = 2 + columns_of(plot->lines[i].name);
		if (i && column + 3 + length > canvas->style.width) {
			fprintf(canvas->out, "\n%*s", left, "");
			column = left;
		} else if (i) {
			fputs("   ", canvas->out);
			column += 3;
		}
		fprintf(canvas->out, "%s%s%s ", i ? ink(canvas->style, INK_WARN) : "",
			i ? canvas->glyphs->marks[i - 1] : canvas->glyphs->full, i ? ink(canvas->style, INK_OFF) : "");
		report_cut(canvas->out, canvas->style, plot->lines[i].name, canvas->style.width - left - 2);
		column += length;
	}
	putc('\n', canvas->out);
}

/* The number of the top row takes the most columns. */
static void scale(struct canvas *canvas)
{
	const struct plot *plot = canvas->plot;
	long long most = 0;

	for (size_t i = 0; i < plot->line_count; i++)
		for (size_t j = 0; j < plot->count; j++)
			if (plot->lines[i].values[j] > most)
				most = plot->lines[i].values[j];
	canvas->step = plot_step(most, ROWS_MOST);
	canvas->rows = row_of(canvas, most);
	if (canvas->rows < ROWS_LEAST)
		canvas->rows = ROWS_LEAST;
	canvas->label = snprintf(NULL, 0, "%lld", canvas->rows * canvas->step);
	canvas->columns = canvas->style.width - canvas->label - 2;
}

void plot_print(FILE *out, struct style style, const struct plot *plot)
{
	static const struct glyphs lines = {"█", "▄", {"○", "×", "+", "◇"}, "│", "┤", "┼", "─"};
	static const struct glyphs ascii = {"#", "#", {"o", "x", "+", "*"}, "|", "+", "+", "-"};
	struct canvas canvas = {out, style, plot, style.utf8 ? &lines : &ascii, 0, 0, 0, 0};

	scale(&canvas);
	print_title(&canvas);
	for (int row = canvas.rows; row >= 0; row--)
		print_row(&canvas, row);
	print_time(&canvas);
	print_legend(&canvas);
}

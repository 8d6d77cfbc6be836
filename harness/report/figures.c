/* What the leak budget's monitor has measured, in a table for people; then each bound and its value. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/budget.h"
#include "verdict/measured.h"

enum { CELLS = MOMENT_EXIT + 1, LABEL_LEAST = 18 }; /* at start, peak and exit */

/* Of each figure what there is in the measured object; a cell without a key stays empty. */
static const struct row {
	const char *label, *figure;
	enum bound_unit unit;
} rows[] = {
	{"threads", FIGURE_THREADS, UNIT_NONE},
	{"threads started", FIGURE_STARTED, UNIT_NONE},
	{"threads joined", FIGURE_JOINED, UNIT_NONE},
	{"threads detached", FIGURE_DETACHED, UNIT_NONE},
	{"ended, not joined", FIGURE_UNJOINED, UNIT_NONE},
	{"memory", FIGURE_MEMORY, UNIT_BYTES},
	{"descriptors", FIGURE_DESCRIPTORS, UNIT_NONE},
};

struct table {
	FILE *out;
	struct style style;
	const json_t *measured;
	int label; /* columns of the first column */
};

static void print_label(const struct table *table, const char *label)
{
	fputs("  ", table->out);
	report_cut(table->out, table->style, label, table->label);
	fprintf(table->out, "%*s", table->label - columns_of(label), "");
}

static void print_cells(const struct table *table, const char *label, const char *const keys[CELLS],
			enum bound_unit unit)
{
	const struct bound amount = {.unit = unit};
	int owed = 0; /* blanks, which no line ends with */
	bool any = false;

	for (int i = 0; i < CELLS; i++)
		any = any || (keys[i] && json_object_get(table->measured, keys[i]));
	if (!any)
		return;
	print_label(table, label);
	for (int i = 0; i < CELLS; i++) {
		const json_t *number = keys[i] ? json_object_get(table->measured, keys[i]) : NULL;
		owed += 11;
		if (!json_is_integer(number))
			continue;
		char *text = bound_amount(&amount, json_integer_value(number));
		fprintf(table->out, "%*s", owed, text);
		owed = 0;
		free(text);
	}
	putc('\n', table->out);
}

static void print_row(const struct table *table, const struct row *row)
{
	const char *keys[CELLS];

	for (enum moment moment = MOMENT_START; moment < CELLS; moment++)
		keys[moment] = measured_key_of(row->figure, moment);
	print_cells(table, row->label, keys, row->unit);
}

/* A gauge has its peak in the object, and a figure of every program has not under this name. */
static void print_gauge(const struct table *table, const char *name)
{
	char *peak = measured_gauge_key(name, MOMENT_PEAK), *at_exit = measured_gauge_key(name, MOMENT_EXIT);
	const char *const keys[CELLS] = {[MOMENT_PEAK] = peak, [MOMENT_EXIT] = at_exit};
	bool known = false;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		known = known || strcmp(rows[i].label, name) == 0;
	if (!known)
		print_cells(table, name, keys, UNIT_NONE);
	free(peak);
	free(at_exit);
}

static void print_times(const struct table *table)
{
	const json_t *cpu = json_object_get(table->measured, measured_key_of(FIGURE_CPU, MOMENT_END)),
		     *stop = json_object_get(table->measured, "stop_us");
	long long wall = json_integer_value(json_object_get(table->measured, "wall_us"));
	char *ran = time_for_people(wall), *used = time_for_people(json_integer_value(cpu));

	print_label(table, "run time");
	fprintf(table->out, "    %s\n", ran);
	if (cpu) {
		print_label(table, "CPU time");
		fprintf(table->out, "    %s, %lld %% of the run time\n", used,
			(long long)json_integer_value(json_object_get(table->measured, "cpu_percent")));
	}
	if (json_is_integer(stop)) {
		char *took = time_for_people(json_integer_value(stop));
		print_label(table, "stopped");
		fprintf(table->out, "    %s after it was asked to\n", took);
		free(took);
	}
	free(ran);
	free(used);
}

/* --- bounds --- */

/* "21 against 20"; NULL when there is no number. */
static char *values_of(const json_t *entry, const char *text)
{
	const json_t *value = json_object_get(entry, "value"), *limit = json_object_get(entry, "limit");
	struct budget budget = {0};
	char *error = NULL, *words = NULL;

	if (json_is_integer(value) && budget_parse(&budget, text, &error)) {
		char *one = bound_amount(&budget.bounds[0], json_integer_value(value));
		char *other = bound_amount(&budget.bounds[0], json_integer_value(limit));
		words = limit ? mem_format("%s against %s", one, other) : mem_format("%s at most", one);
		free(one);
		free(other);
	}
	free(error);
	budget_release(&budget);
	return words;
}

static void print_bound(const struct table *table, const json_t *entry, int width)
{
	const char *text = json_string_value(json_object_get(entry, "bound"));
	bool holds = json_is_true(json_object_get(entry, "holds"));
	char *values = text ? values_of(entry, text) : NULL;

	if (!text)
		return;
	fprintf(table->out, "  %s%-6s%s  ", ink(table->style, holds ? INK_GOOD : INK_BAD), holds ? "holds" : "broken",
		ink(table->style, INK_OFF));
	report_cut(table->out, table->style, text, columns_of(text));
	if (values)
		fprintf(table->out, "%*s%s", width - columns_of(text) + 2, "", values);
	putc('\n', table->out);
	free(values);
}

static void print_bounds(const struct table *table)
{
	const json_t *bounds = json_object_get(table->measured, "bounds"), *entry;
	size_t i;
	int width = 0;

	json_array_foreach(bounds, i, entry) {
		const char *text = json_string_value(json_object_get(entry, "bound"));
		if (text && columns_of(text) > width)
			width = columns_of(text);
	}
	if (json_array_size(bounds))
		putc('\n', table->out);
	json_array_foreach(bounds, i, entry)
		print_bound(table, entry, width);
}

/* --- in words --- */

/* What somebody who does not ask for a bound should see in the table all the same. */
static void print_in_words(const struct page *page)
{
	const json_t *measured = page->result->seen.measured;
	long long unjoined = json_integer_value(json_object_get(measured, "threads_unjoined_at_exit"));
	long long running = json_integer_value(json_object_get(measured, "threads_at_exit")) - 1;
	long long start = json_integer_value(json_object_get(measured, "descriptors_start"));
	long long open = json_integer_value(json_object_get(measured, "descriptors_at_exit")) - start;

	if (json_object_get(measured, "uncounted"))
		print_wrapped(page->out, page->style, 2,
			      "Not counted: threads that the C library starts for itself, for timers (SIGEV_THREAD), "
			      "message queues and asynchronous input and output.");
	if (page->result->program->declared)
		return;
	if (unjoined > 0)
		fprintf(page->out, "  %lld thread%s ended and nobody joined %s.\n", unjoined, unjoined == 1 ? "" : "s",
			unjoined == 1 ? "it" : "them");
	if (running > 0)
		fprintf(page->out, "  %lld thread%s still ran when the program ended.\n", running,
			running == 1 ? "" : "s");
	if (open > 0)
		fprintf(page->out, "  %lld descriptor%s more %s open at the end than at the start.\n", open,
			open == 1 ? "" : "s", open == 1 ? "was" : "were");
}

/* --- all --- */

void print_figures(const struct page *page)
{
	const json_t *measured = page->result->seen.measured, *series = json_object_get(measured, "series"), *unused;
	struct table table = {page->out, page->style, measured, LABEL_LEAST};
	/* Of several processes those of one are shown. */
	const char *title = program_has_test(page->result->program) ? "Test with most threads" : "Measured", *name;

	if (!measured)
		return;
	if (columns_of(title) - 2 > table.label)
		table.label = columns_of(title) - 2;
	json_object_foreach((json_t *)series, name, unused)
		if (columns_of(name) > table.label)
			table.label = columns_of(name);
	fprintf(page->out, "\n%s", ink(page->style, INK_STRONG));
	fprintf(page->out, "%-*s%s%11s%11s%11s\n", table.label + 2, title, ink(page->style, INK_OFF), "start", "peak",
		"at exit");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		print_row(&table, &rows[i]);
	json_object_foreach((json_t *)series, name, unused)
		print_gauge(&table, name);
	print_times(&table);
	print_in_words(page);
	print_bounds(&table);
}

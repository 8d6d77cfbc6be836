/* The table of all results, its legend, and the count. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/detector.h"

enum mark { MARK_FIRES, MARK_BLIND, MARK_SILENT, MARK_FALSE_ALARM, MARK_DISAGREES, MARK_ERROR, MARKS };

static const struct {
	const char *utf8, *ascii, *meaning;
	enum ink ink;
} marks[MARKS] = {
	[MARK_FIRES] = {"●", "*", "fires", INK_STRONG},	     [MARK_BLIND] = {"○", "o", "blind", INK_WARN},
	[MARK_SILENT] = {"·", ".", "silent", INK_FAINT},     [MARK_FALSE_ALARM] = {"!", "!", "false alarm", INK_WARN},
	[MARK_DISAGREES] = {"✗", "x", "disagrees", INK_BAD}, [MARK_ERROR] = {"E", "E", "error", INK_BAD},
};

/* What one row shows under one detector: a program, or all programs of an exercise. */
struct cell {
	size_t results, agree;
	enum mark mark;
};

struct row {
	const char *pitfall, *name;
	bool exercise;	    /* all its programs in one row */
	struct cell *cells; /* one per column */
};

struct table {
	FILE *out;
	struct style style;
	const struct detector **columns;
	int *widths; /* of each column */
	size_t column_count;
	struct row *rows;
	size_t row_count;
	bool used[MARKS];
};

static enum mark mark_of(const struct result *result)
{
	enum observed observed = result->verdict.observed;

	if (observed == OBSERVED_ERROR)
		return MARK_ERROR;
	if (!result->verdict.agrees)
		return MARK_DISAGREES;
	if (result->expected && result->expected->word == WORD_BLIND)
		return MARK_BLIND;
	if (result->expected && result->expected->word == WORD_FALSE_ALARM)
		return MARK_FALSE_ALARM;
	return observed == OBSERVED_FIRES || observed == OBSERVED_FAILS ? MARK_FIRES : MARK_SILENT;
}

static bool occurs(const struct results *results, const struct detector *detector)
{
	for (size_t i = 0; i < results->count; i++)
		if (results->items[i].detector == detector)
			return true;
	return false;
}

static void add_column(struct table *table, const struct detector *detector)
{
	for (size_t i = 0; i < table->column_count; i++)
		if (table->columns[i] == detector)
			return;
	table->columns = mem_resize(table->columns, table->column_count + 1, sizeof *table->columns);
	table->columns[table->column_count++] = detector;
}

/* The plain tests first, then the detectors in the book's order, then whatever else was run. */
static void find_columns(struct table *table, const struct results *results)
{
	for (size_t i = 0; i < results->count; i++)
		if (result_is_test(&results->items[i]))
			add_column(table, results->items[i].detector);
	for (size_t i = 0; detectors[i]; i++)
		if (occurs(results, detectors[i]))
			add_column(table, detectors[i]);
	for (size_t i = 0; i < results->count; i++)
		add_column(table, results->items[i].detector);
	table->widths = mem_zeroed(table->column_count, sizeof *table->widths);
}

static struct cell *cell_for(struct table *table, const struct result *result)
{
	const struct program *program = result->program;
	const char *name = program_has_test(program) ? "exercise" : program->name;
	size_t row = 0, column = 0;

	while (row < table->row_count &&
	       (strcmp(table->rows[row].pitfall, program->pitfall) != 0 || strcmp(table->rows[row].name, name) != 0))
		row++;
	if (row == table->row_count) {
		table->rows = mem_resize(table->rows, ++table->row_count, sizeof *table->rows);
		table->rows[row] = (struct row){program->pitfall, name, program_has_test(program),
						mem_zeroed(table->column_count, sizeof(struct cell))};
	}
	while (table->columns[column] != result->detector)
		column++;
	return &table->rows[row].cells[column];
}

static void fill(struct table *table, const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		struct cell *cell = cell_for(table, result);
		enum mark mark = mark_of(result);

		if (cell->results++ == 0 || mark > cell->mark)
			cell->mark = mark;
		cell->agree += result->verdict.agrees;
		if (!program_has_test(result->program) || mark >= MARK_DISAGREES)
			table->used[mark] = true;
	}
}

/* What stands in the cell: a mark, "6/6", or "x 5/6"; empty where nothing was run. Owned by the caller. */
static char *cell_text(const struct table *table, const struct row *row, size_t column)
{
	const struct cell *cell = &row->cells[column];
	const char *mark = table->style.utf8 ? marks[cell->mark].utf8 : marks[cell->mark].ascii;

	if (cell->results == 0)
		return mem_copy("");
	if (!row->exercise)
		return mem_copy(mark);
	if (cell->agree == cell->results)
		return mem_format("%zu/%zu", cell->agree, cell->results);
	return mem_format("%s %zu/%zu", mark, cell->agree, cell->results);
}

static void find_widths(struct table *table)
{
	for (size_t column = 0; column < table->column_count; column++) {
		table->widths[column] = columns_of(table->columns[column]->name);
		for (size_t row = 0; row < table->row_count; row++) {
			char *text = cell_text(table, &table->rows[row], column);
			int width = columns_of(text);
			if (width > table->widths[column])
				table->widths[column] = width;
			free(text);
		}
	}
}

/* Length of "02-ownership" in "02-ownership/implicit-contract"; 0 when the name has no chapter. */
static size_t chapter_length(const char *pitfall)
{
	const char *slash = strchr(pitfall, '/');

	return slash ? (size_t)(slash - pitfall) : 0;
}

static const char *pitfall_name(const struct row *row)
{
	size_t length = chapter_length(row->pitfall);

	return length ? row->pitfall + length + 1 : row->pitfall;
}

/* The text in the middle of its column; no blanks after the last one of a line. */
static void print_centred(const struct table *table, size_t column, bool last, enum ink colour, const char *text)
{
	int space = table->widths[column] - columns_of(text), left = space / 2;

	fprintf(table->out, "  %*s%s%s%s%*s", left, "", ink(table->style, colour), text, ink(table->style, INK_OFF),
		last ? 0 : space - left, "");
}

static void print_cell(const struct table *table, const struct row *row, size_t column, bool last)
{
	const struct cell *cell = &row->cells[column];
	char *text = cell_text(table, row, column);
	bool plain = cell->results == 0 || (row->exercise && cell->agree == cell->results);

	print_centred(table, column, last, plain ? INK_OFF : marks[cell->mark].ink, text);
	free(text);
}

static void print_head(const struct table *table, int name, int program)
{
	fprintf(table->out, "%s%-*s  %-*s%s", ink(table->style, INK_STRONG), name + 2, "pitfall", program, "program",
		ink(table->style, INK_OFF));
	for (size_t i = 0; i < table->column_count; i++)
		print_centred(table, i, i + 1 == table->column_count, INK_STRONG, table->columns[i]->name);
	putc('\n', table->out);
}

static void print_row(const struct table *table, size_t index, int name, int program)
{
	const struct row *row = &table->rows[index], *above = index ? row - 1 : NULL;
	size_t chapter = chapter_length(row->pitfall);
	bool same = above && strcmp(above->pitfall, row->pitfall) == 0;
	size_t last = 0;

	if (chapter && (!above || strncmp(above->pitfall, row->pitfall, chapter + 1) != 0))
		fprintf(table->out, "%.*s\n", (int)chapter, row->pitfall);
	fprintf(table->out, "  %-*s  %-*s", name, same ? "" : pitfall_name(row), program, row->name);
	for (size_t i = 0; i < table->column_count; i++)
		if (row->cells[i].results)
			last = i + 1;
	for (size_t i = 0; i < last; i++)
		print_cell(table, row, i, i + 1 == last);
	putc('\n', table->out);
}

static void print_rows(const struct table *table)
{
	int name = columns_of("pitfall") - 2, program = columns_of("program");

	for (size_t i = 0; i < table->row_count; i++) {
		int pitfall_width = columns_of(pitfall_name(&table->rows[i]));
		int program_width = columns_of(table->rows[i].name);
		name = pitfall_width > name ? pitfall_width : name;
		program = program_width > program ? program_width : program;
	}
	print_head(table, name, program);
	for (size_t i = 0; i < table->row_count; i++)
		print_row(table, i, name, program);
}

static void print_legend(const struct table *table)
{
	bool any = false;

	for (int i = 0; i < MARKS; i++) {
		if (!table->used[i])
			continue;
		fprintf(table->out, "%s%s%s%s %s", any ? "   " : "\n", ink(table->style, marks[i].ink),
			table->style.utf8 ? marks[i].utf8 : marks[i].ascii, ink(table->style, INK_OFF),
			marks[i].meaning);
		any = true;
	}
	fputs(any ? "\n" : "", table->out);
}

void report_table(FILE *out, struct style style, const struct results *results)
{
	struct table table = {.out = out, .style = style};
	struct tally tally = tally_of(results);

	find_columns(&table, results);
	fill(&table, results);
	find_widths(&table);
	if (table.row_count) {
		print_rows(&table);
		print_legend(&table);
		putc('\n', out);
	}
	fprintf(out, "%zu checked, %zu as declared, %zu disagree, %zu errors\n", tally.checked, tally.agree,
		tally.disagree, tally.errors);
	for (size_t i = 0; i < table.row_count; i++)
		free(table.rows[i].cells);
	free(table.rows);
	free(table.widths);
	free(table.columns);
}

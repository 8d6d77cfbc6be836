/* Lanes as text for a terminal. No meaning is carried by a colour alone. See lanes.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parts.h"
#include "report/parts.h"

struct glyphs {
	const char *runs, *waits, *ended, *step, *wait, *end, *fault;
	const char *flat, *cross, *out, *right, *left;
};

static const struct glyphs drawn = {"│", "┊", "·", "●", "○", "■", "✗", "─", "┼", "├", "▶", "◀"};
static const struct glyphs typed = {"|", ":", ".", "*", "o", "#", "X", "-", "+", "+", ">", "<"};

enum { LANE_LEAST = 18, GAP = 2 /* the lane's own column, and a blank */ };

struct sheet {
	FILE *out;
	struct style style;
	const struct glyphs *glyphs;
	const struct lanes *lanes;
	int width; /* of a lane */
};

static const char *glyph_of_state(const struct glyphs *glyphs, enum lane_state state)
{
	return state == LANE_RUNS    ? glyphs->runs
	       : state == LANE_WAITS ? glyphs->waits
	       : state == LANE_ENDED ? glyphs->ended
				     : " ";
}

static const char *glyph_of_step(const struct glyphs *glyphs, const struct lane_step *step)
{
	if (step->fault)
		return glyphs->fault;
	return step->after == LANE_WAITS ? glyphs->wait : step->after == LANE_RUNS ? glyphs->step : glyphs->end;
}

/* Something in the line, after the blanks that were held back: no line ends with blanks. */
static void put(const struct sheet *sheet, int *held, const char *words, bool bad)
{
	fprintf(sheet->out, "%*s%s", *held, "", bad ? ink(sheet->style, INK_BAD) : "");
	/* Names come from the program: nothing of theirs may reach the terminal as a command. */
	report_cut(sheet->out, sheet->style, words, sheet->style.width);
	fputs(bad ? ink(sheet->style, INK_OFF) : "", sheet->out);
	*held = 0;
}

/* --- the steps of a row --- */

/* The lines of a lane in the row in hand. */
struct cell {
	const struct lane_step *step; /* NULL: none */
	struct wrapped label, fault;
};

static void cells_make(const struct sheet *sheet, int row, struct cell *cells)
{
	const struct lanes *lanes = sheet->lanes;

	for (size_t i = 0; i < lanes->lane_count; i++)
		cells[i] = (struct cell){0};
	for (size_t i = 0; i < lanes->step_count; i++) {
		const struct lane_step *step = &lanes->steps[i];
		if (step->row != row)
			continue;
		char *label = label_of(step);
		struct cell *cell = &cells[step->lane];
		cell->step = step;
		cell->label = wrapped_of(label, sheet->width - GAP - 1, columns_of);
		if (step->fault)
			cell->fault = wrapped_of(step->fault, sheet->width - GAP - 1, columns_of);
		free(label);
	}
}

static void cells_release(const struct sheet *sheet, struct cell *cells)
{
	for (size_t i = 0; i < sheet->lanes->lane_count; i++) {
		wrapped_release(&cells[i].label);
		wrapped_release(&cells[i].fault);
	}
}

static const char *text_of_cell(const struct cell *cell, size_t line, bool *fault)
{
	*fault = line >= cell->label.count;
	if (!*fault)
		return cell->label.items[line];
	return line - cell->label.count < cell->fault.count ? cell->fault.items[line - cell->label.count] : NULL;
}

static const char *glyph_of_cell(const struct sheet *sheet, const struct cell *cell, size_t lane, int row, size_t line)
{
	if (cell->step && line == 0)
		return glyph_of_step(sheet->glyphs, cell->step);
	return glyph_of_state(sheet->glyphs, cell->step ? cell->step->after : lane_at_row(sheet->lanes, lane, row));
}

static void print_cell(const struct sheet *sheet, const struct cell *cell, size_t lane, int row, size_t line, int *held)
{
	bool fault = false;
	const char *words = text_of_cell(cell, line, &fault), *glyph = glyph_of_cell(sheet, cell, lane, row, line);

	if (strcmp(glyph, " ") == 0)
		++*held;
	else
		put(sheet, held, glyph, cell->step && cell->step->fault && line == 0);
	++*held;
	if (words)
		put(sheet, held, words, fault);
	*held += sheet->width - GAP - (words ? columns_of(words) : 0);
}

static void print_steps(const struct sheet *sheet, int row)
{
	struct cell cells[LANES_MOST];
	size_t height = 1;

	cells_make(sheet, row, cells);
	for (size_t i = 0; i < sheet->lanes->lane_count; i++)
		if (cells[i].label.count + cells[i].fault.count > height)
			height = cells[i].label.count + cells[i].fault.count;
	for (size_t line = 0; line < height; line++) {
		int held = 0;
		for (size_t i = 0; i < sheet->lanes->lane_count; i++)
			print_cell(sheet, &cells[i], i, row, line, &held);
		putc('\n', sheet->out);
	}
	cells_release(sheet, cells);
}

/* --- the arrows below it --- */

/* The arrow of this strip that touches the lane, or passes it on its way; NULL: none. */
static const struct lane_arrow *arrow_at(const struct lanes *lanes, int row, int strip, size_t lane)
{
	for (size_t i = 0; i < lanes->arrow_count; i++) {
		const struct lane_arrow *arrow = &lanes->arrows[i];
		size_t low = arrow->from < arrow->to ? arrow->from : arrow->to;
		size_t high = arrow->from < arrow->to ? arrow->to : arrow->from;
		if (arrow->row == row && arrow->strip == strip && lane >= low && lane <= high)
			return arrow;
	}
	return NULL;
}

/* From one lane to the next: a line of the arrow, with its head at the end, or blanks. */
static void print_between(const struct sheet *sheet, const struct lane_arrow *arrow, size_t lane, int *held)
{
	bool flat = arrow && lane != (arrow->from < arrow->to ? arrow->to : arrow->from);

	if (!flat) {
		*held += sheet->width - 1;
		return;
	}
	for (int i = 1; i < sheet->width; i++) {
		bool first = i == 1 && arrow->to == lane, last = i == sheet->width - 1 && arrow->to == lane + 1;
		fputs(first ? sheet->glyphs->left : last ? sheet->glyphs->right : sheet->glyphs->flat, sheet->out);
	}
}

static void print_strip(const struct sheet *sheet, int row, int strip)
{
	int held = 0;

	for (size_t i = 0; i < sheet->lanes->lane_count; i++) {
		const struct lane_arrow *arrow = arrow_at(sheet->lanes, row, strip, i);
		const char *glyph = glyph_of_state(sheet->glyphs, lane_below_row(sheet->lanes, i, row));
		if (arrow && i != arrow->from && i != arrow->to)
			glyph = strcmp(glyph, " ") == 0 ? sheet->glyphs->flat : sheet->glyphs->cross;
		else if (arrow && i == arrow->from && arrow->from < arrow->to)
			glyph = sheet->glyphs->out;
		else if (arrow && i == arrow->from)
			glyph = sheet->style.utf8 ? "┤" : "+";
		if (strcmp(glyph, " ") == 0)
			held++;
		else
			put(sheet, &held, glyph, false);
		print_between(sheet, arrow, i, &held);
	}
	putc('\n', sheet->out);
}

/* --- the whole --- */

static void print_names(const struct sheet *sheet)
{
	int held = 0;

	for (size_t i = 0; i < sheet->lanes->lane_count; i++) {
		const char *name = sheet->lanes->lanes[i].name;
		int room = sheet->width - 1, columns = columns_of(name);
		fprintf(sheet->out, "%*s%s", held, "", ink(sheet->style, INK_STRONG));
		report_cut(sheet->out, sheet->style, name, room);
		fputs(ink(sheet->style, INK_OFF), sheet->out);
		held = sheet->width - (columns < room ? columns : room);
	}
	putc('\n', sheet->out);
}

/* What the marks mean that are drawn. */
static void print_legend(FILE *out, struct style style, const struct lanes *lanes, size_t count)
{
	const struct glyphs *glyphs = style.utf8 ? &drawn : &typed;
	bool waits = false, ends = false, fault = false, several = false;

	for (size_t i = 0; i < count; i++) {
		several = several || has_several(&lanes[i]);
		for (size_t j = 0; j < lanes[i].step_count; j++) {
			fault = fault || lanes[i].steps[j].fault;
			waits = waits || lanes[i].steps[j].after == LANE_WAITS;
			ends = ends || lanes[i].steps[j].after > LANE_WAITS;
		}
	}
	fprintf(out, "\n%s a step", glyphs->step);
	if (waits)
		fprintf(out, "  %s waits, %s until", glyphs->wait, glyphs->waits);
	if (ends)
		fprintf(out, "  %s the end", glyphs->end);
	if (fault)
		fprintf(out, "  %s what is wrong", glyphs->fault);
	fprintf(out, "  :N line N%s\n", several ? "  xN N alike" : "");
}

static void print_one(FILE *out, struct style style, const struct lanes *lanes)
{
	int share = lanes->lane_count ? style.width / (int)lanes->lane_count : style.width;
	struct sheet sheet = {out, style, style.utf8 ? &drawn : &typed, lanes, share > 40 ? 40 : share};

	fprintf(out, "%s%s%s\n\n", ink(style, INK_STRONG), lanes->title, ink(style, INK_OFF));
	print_names(&sheet);
	for (int row = 0; row <= lanes->row_count; row++) {
		if (row)
			print_steps(&sheet, row);
		for (int strip = 0; strip < strips_of(lanes, row); strip++)
			print_strip(&sheet, row, strip);
	}
	if (lanes->not_drawn)
		fprintf(out, "\n%s\n", lanes->not_drawn);
}

void lanes_print(FILE *out, struct style style, const struct lanes *lanes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i)
			putc('\n', out);
		print_one(out, style, &lanes[i]);
	}
	print_legend(out, style, lanes, count);
}

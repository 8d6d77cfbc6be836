/* The screen of a test's terminal as an SVG picture: text that can be read, searched and scaled. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "pty.h"

enum { CELL_WIDTH = 8, CELL_HEIGHT = 17, MARGIN = 12 };

static const char *colour_of(const struct look *look)
{
	switch (look->ink) {
	case 2:
		return "#6e7781";
	case 31:
		return "#b31d28";
	case 32:
		return "#116329";
	default:
		return "#24292f";
	}
}

static void put_code(FILE *out, unsigned code)
{
	if (code < 0x80 && !strchr("<>&\"", (int)code))
		putc((int)code, out);
	else
		fprintf(out, "&#%u;", code);
}

static bool look_alike(const struct look *one, const struct look *other)
{
	return one->ink == other->ink && one->strong == other->strong;
}

/* The columns from the one to before the other, which look alike. */
static void draw_run(FILE *out, const struct look *row, int y, int from, int to)
{
	fprintf(out,
		"<text x=\"%d\" y=\"%d\" fill=\"%s\"%s textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\">",
		MARGIN + from * CELL_WIDTH, y, colour_of(&row[from]), row[from].strong ? " font-weight=\"bold\"" : "",
		(to - from) * CELL_WIDTH);
	for (int column = from; column < to; column++)
		put_code(out, row[column].code);
	fputs("</text>\n", out);
}

static int end_of(const struct pty *pty, int row)
{
	int end = pty->columns;

	while (end > 0 && pty->looks[row][end - 1].code == ' ')
		end--;
	return end;
}

static void draw_row(FILE *out, const struct pty *pty, int row)
{
	const struct look *looks = pty->looks[row];
	int end = end_of(pty, row), y = MARGIN + (row + 1) * CELL_HEIGHT - 4;

	for (int from = 0; from < end;) {
		int to = from + 1;
		while (to < end && look_alike(&looks[from], &looks[to]))
			to++;
		draw_run(out, looks, y, from, to);
		from = to;
	}
}

void pty_draw(const struct pty *pty, const char *path, const char *title)
{
	FILE *out = fopen(path, "w");
	int width = pty->columns * CELL_WIDTH + 2 * MARGIN, height = pty->rows * CELL_HEIGHT + 2 * MARGIN;

	cr_assert(out, "%s", path);
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"13\">\n"
		"<title>%s</title>\n<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#ffffff\" stroke=\"#d0d7de\"/>\n",
		width, height, width, height, title, width, height);
	for (int row = 0; row < pty->rows; row++)
		draw_row(out, pty, row);
	fputs("</svg>\n", out);
	cr_assert_eq(fclose(out), 0);
}

/*
 * The pair side by side, as a script for gnuplot 5.4 and newer. See plot.h.
 *
 * Numbers stand in blocks of data at the top, one for each line. A line is
 * steps, and has a point only where it changes: an SVG has a place for each.
 */
#include "plot.h"

#include <stdlib.h>
#include <string.h>

enum { TICKS = 6, PANELS = 2, WIDTH = 1000, HEIGHT = 470, NAMES = PANELS * PLOT_LINES };

/*
 * Colours that people with any eyes can tell apart (Okabe and Ito), and dashes for printers without colour. The two that
 * are too dark for a dark card are brighter on it.
 */
static const struct {
	const char *colour, *in_dark;
	int dash;
} looks[PLOT_LINES] = {{"#d55e00", "#ff8a3d", 1},
		       {"#0072b2", "#56b4e9", 2},
		       {"#009e73", "#2fc99a", 4},
		       {"#cc79a7", "#cc79a7", 5},
		       {"#e69f00", "#e69f00", 3}};

/* All but the lines: the card, words, the axes, the grid, the end of a program; on the colours of picture/svg.c's card. */
static const struct {
	const char *colour, *in_dark;
} others[] = {{"#ffffff", "#161b22"},
	      {"#333333", "#e6edf3"},
	      {"#666666", "#9198a1"},
	      {"#e4e4e4", "#30363d"},
	      {"#888888", "#9198a1"}};

struct scale {
	long long lowest, highest, step; /* of the numbers */
	double end, unit;		 /* of the time, in `unit` microseconds */
	const char *unit_name;
};

/* Every name once: a gauge looks the same in both panels. */
struct names {
	const char *items[NAMES];
	size_t count;
};

struct panel {
	const char *name;
	const struct plot *plot;
};

/* gnuplot gives each shape its colour as an attribute: as we wrote it, or in one of two spellings of its own. */
static void put_rule(FILE *out, const char *colour, const char *in_dark)
{
	static const char *const attributes[] = {"fill", "stroke", "color"};
	unsigned long all = strtoul(colour + 1, NULL, 16);
	unsigned red = all >> 16 & 0xff, green = all >> 8 & 0xff, blue = all & 0xff;

	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++) {
		const char *name = attributes[i];
		fprintf(out, "[%s=\"%s\"],[%s=\"rgb(%u,%u,%u)\"],[%s=\"rgb(%3u, %3u, %3u)\"]{%s:%s}\n", name, colour,
			name, red, green, blue, name, red, green, blue, name, in_dark);
	}
}

void plot_in_dark(FILE *out)
{
	fputs("<style>\n@media(prefers-color-scheme:dark){\n", out);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		put_rule(out, others[i].colour, others[i].in_dark);
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		put_rule(out, looks[i].colour, looks[i].in_dark);
	/* What we give no colour. */
	fputs("[fill=\"black\"]{fill:#e6edf3}\n[stroke=\"black\"]{stroke:#e6edf3}\n[color=\"black\"]{color:#e6edf3}\n"
	      "}\n</style>\n",
	      out);
}

static void widen(struct scale *scale, const struct plot *plot)
{
	for (size_t i = 0; i < plot->line_count; i++)
		for (size_t j = 0; j < plot->count; j++) {
			long long value = plot->lines[i].values[j];
			if (value > scale->highest)
				scale->highest = value;
			if (value < scale->lowest)
				scale->lowest = value;
		}
	if ((double)plot->end_us > scale->end)
		scale->end = (double)plot->end_us;
}

/* One scale for all, with some air above the highest line. */
static struct scale scale_of(const struct panel panels[PANELS])
{
	struct scale scale = {.unit = 1000, .unit_name = "ms", .highest = 1};

	for (int i = 0; i < PANELS; i++)
		widen(&scale, panels[i].plot);
	scale.step = plot_step(scale.highest - scale.lowest, TICKS);
	scale.highest = (scale.highest / scale.step + 1) * scale.step;
	scale.lowest = scale.lowest < 0 ? (scale.lowest / scale.step - 1) * scale.step : 0;
	if (panels[0].plot->by_change) {
		scale.unit = 1;
		scale.unit_name = NULL;
	} else if (scale.end >= 10e6) {
		scale.unit = 1e6;
		scale.unit_name = "s";
	}
	scale.end /= scale.unit;
	return scale;
}

static size_t index_of(struct names *names, const char *name)
{
	size_t i = 0;

	while (i < names->count && strcmp(names->items[i], name) != 0)
		i++;
	if (i == names->count)
		names->items[names->count++] = name;
	return i;
}

/* In single quotes gnuplot takes every character as it is, but for the quote itself. */
static void put_quoted(FILE *out, const char *text)
{
	putc('\'', out);
	for (; *text; text++) {
		if (*text == '\'')
			putc('\'', out);
		putc((unsigned char)*text < 0x20 ? '?' : *text, out);
	}
	putc('\'', out);
}

/* In double quotes, where gnuplot reads an underscore as "below the line": a gauge has no other mark in its name. */
static void put_enhanced(FILE *out, const char *name)
{
	for (; *name; name++)
		fprintf(out, "%s%c", *name == '_' ? "\\\\" : "", *name);
}

static void put_data(FILE *out, const struct scale *scale, const struct panel *panel, size_t index)
{
	const struct plot *plot = panel->plot;
	const long long *values = plot->lines[index].values;

	fprintf(out, "$%s%zu << END\n", panel->name, index);
	for (size_t i = 0; i < plot->count; i++)
		if (i == 0 || values[i] != values[i - 1])
			fprintf(out, "%.6g %lld\n", (double)i * (double)plot->width_us / scale->unit, values[i]);
	/* Before the last number there may be higher ones in the same stretch of time. */
	fprintf(out, "%.6g %lld\nEND\n", (double)plot->end_us / scale->unit,
		index == 0 ? plot->at_exit : values[plot->count - 1]);
}

static void put_look(FILE *out, size_t index)
{
	fprintf(out, "linewidth %s linecolor '%s' dashtype %d", index ? "2" : "3", looks[index % PLOT_LINES].colour,
		looks[index % PLOT_LINES].dash);
}

/*
 * Below both, in one row, or more if the names are long. gnuplot's own key does
 * not keep several columns apart.
 */
static void put_legend(FILE *out, const struct names *names)
{
	enum { LETTER = 8, SAMPLE = 36, GAP = 30, LEFT = 70, ROW = 22 };
	int left = LEFT, below = 28;

	for (size_t i = 0; i < names->count; i++) {
		int width = SAMPLE + 8 + LETTER * (int)strlen(names->items[i]);
		if (i && left + width > WIDTH) {
			left = LEFT;
			below -= ROW;
		}
		double x = (double)left / WIDTH, y = (double)below / HEIGHT;
		fprintf(out, "set arrow %zu from screen %.4f,%.4f to screen %.4f,%.4f nohead ", 10 + i, x, y,
			x + (double)SAMPLE / WIDTH, y);
		put_look(out, i);
		fprintf(out, "\nset label %zu ", 10 + i);
		put_quoted(out, names->items[i]);
		fprintf(out, " at screen %.4f,%.4f noenhanced\n", x + (SAMPLE + 8.0) / WIDTH, y);
		left += width + GAP;
	}
}

static void put_panel(FILE *out, const struct scale *scale, const struct panel *panel, struct names *names)
{
	const struct plot *plot = panel->plot;
	double end = (double)plot->end_us / scale->unit;

	fprintf(out, "set title \"{/:Bold %s}\\n{/=12 ", panel->name);
	put_enhanced(out, plot->lines[0].name);
	fprintf(out, " at exit: %lld}\" offset 0,-0.4\n", plot->at_exit);
	/* Where the program ends, if the other one goes on; there is room for the word, or it is left out. */
	if (end < 0.995 * scale->end)
		fprintf(out, "set arrow 1 from %.6g,graph 0 to %.6g,graph 1 nohead dashtype 3 linecolor '#888888'\n",
			end, end);
	if (end < 0.9 * scale->end)
		fprintf(out, "set label 1 'exit' at %.6g,graph 0.5 offset 0.6,0 textcolor '#666666'\n", end);
	fputs("plot ", out);
	for (size_t i = 0; i < plot->line_count; i++) {
		fprintf(out, "$%s%zu using 1:2 with steps ", panel->name, i);
		put_look(out, index_of(names, plot->lines[i].name));
		/* A browser shows it where the mouse is. */
		fputs(" title ", out);
		put_quoted(out, plot->lines[i].name);
		fputs(" noenhanced, \\\n     ", out);
	}
	fprintf(out,
		"'+' using (%.6g):(%lld) every ::::0 with points pointtype 7 pointsize 0.9 linecolor '%s' "
		"title 'at exit' noenhanced\n",
		end, plot->at_exit, looks[0].colour);
}

/* Changes have no length, and so no numbers. */
static void put_time(FILE *out, const struct scale *scale)
{
	fprintf(out, "set xrange [0:%.6g]\n", scale->end * 1.02);
	if (scale->unit_name)
		fprintf(out, "set xlabel 'time since the start, %s'\n", scale->unit_name);
	else
		fputs("set xlabel 'in the order of events, not to scale'\nset format x ''\n", out);
}

void plot_script(FILE *out, const char *title, const struct plot *broken, const struct plot *fixed)
{
	const struct panel panels[PANELS] = {{"broken", broken}, {"fixed", fixed}};
	const struct scale scale = scale_of(panels);
	struct names names = {.count = 0};

	for (int i = 0; i < PANELS; i++)
		for (size_t j = 0; j < panels[i].plot->line_count; j++) {
			index_of(&names, panels[i].plot->lines[j].name);
			put_data(out, &scale, &panels[i], j);
		}
	fprintf(out,
		"set encoding utf8\n"
		"set terminal svg size %d,%d dynamic enhanced font 'sans-serif,14' background '#ffffff'\n"
		"set border 3 linecolor '#666666'\n"
		"set tics nomirror out scale 0.5 textcolor '#333333'\n"
		"set grid ytics linetype 1 linecolor '#e4e4e4' linewidth 1\n"
		"unset key\n",
		WIDTH, HEIGHT);
	put_time(out, &scale);
	fprintf(out, "set yrange [%lld:%lld]\nset ytics %lld\nset format y '%%.0f'\nset ylabel 'number'\n",
		scale.lowest, scale.highest, scale.step);
	fputs("set multiplot layout 1,2 title ", out);
	put_quoted(out, title);
	fputs(" noenhanced font ',17' margins 0.07,0.98,0.24,0.79 spacing 0.08\n", out);
	put_legend(out, &names);
	put_panel(out, &scale, &panels[0], &names);
	fputs("unset arrow\nunset label\nset ylabel ''\n", out);
	put_panel(out, &scale, &panels[1], &names);
	fputs("unset multiplot\n", out);
}

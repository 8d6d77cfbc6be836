/* Lanes as an SVG. See lanes.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "parts.h"
#include "svg.h"

enum {
	MARGIN = 24,
	TITLE = 36,	 /* above the first panel */
	PANEL_HEAD = 58, /* of a panel: its title, then the lanes' names */
	LINE = 17,
	PAD = 6,      /* around the lines of a row */
	STRIP = 18,   /* of arrows */
	INDENT = 14,  /* of words, from their lane */
	NUMBER = 34,  /* of a line, at the right of the words */
	BOX_END = 12, /* from the right of a box to the next lane */
	GUTTER = 12,  /* for links, beside that */
	LINK_STEP = 4,
	LANE_NARROW = 168,
	LANE_WIDE = 248,
	ACROSS = 1000, /* what a page has room for */
	LEGEND = 34,
};

struct panel {
	FILE *out;
	const struct lanes *lanes;
	int left, top, lane_width;
	int box_end;  /* from the right of a box to the next lane: with room for links, if there are any */
	int *row_top; /* of each row, and below the last */
};

/* --- measures --- */

static int lines_count(const char *text, int room, int (*measure)(const char *))
{
	struct wrapped lines = wrapped_of(text, room, measure);
	int count = (int)lines.count;

	wrapped_release(&lines);
	return count;
}

static int room_of(const struct panel *panel)
{
	return panel->lane_width - INDENT - panel->box_end - 8;
}

/* Of the words beside which the number of the line stands. */
static int room_for_words(const struct panel *panel, const struct lane_step *step)
{
	return room_of(panel) - (step->line ? NUMBER : 0);
}

/* The height of a step's lines. */
static int height_of(const struct panel *panel, const struct lane_step *step)
{
	int lines = lines_count(step->words, room_for_words(panel, step), svg_width);

	if (!step->fault)
		return lines * LINE;
	return (lines + lines_count(step->fault, room_of(panel), svg_width_bold)) * LINE + PAD;
}

static int steps_height(const struct panel *panel, int row)
{
	int most = 0;

	for (size_t i = 0; i < panel->lanes->step_count; i++)
		if (panel->lanes->steps[i].row == row && height_of(panel, &panel->lanes->steps[i]) > most)
			most = height_of(panel, &panel->lanes->steps[i]);
	return most ? most + 2 * PAD : 0;
}

/* Where each row begins; returns where the panel ends. */
static int measure_rows(struct panel *panel)
{
	int y = panel->top + PANEL_HEAD;

	panel->row_top = mem_zeroed((size_t)panel->lanes->row_count + 2, sizeof *panel->row_top);
	for (int row = 0; row <= panel->lanes->row_count; row++) {
		panel->row_top[row] = y;
		y += steps_height(panel, row) + strips_of(panel->lanes, row) * STRIP;
	}
	panel->row_top[panel->lanes->row_count + 1] = y;
	return y + PAD + (panel->lanes->not_drawn ? LINE + PAD : 0);
}

static int lane_x(const struct panel *panel, size_t lane)
{
	return panel->left + (int)lane * panel->lane_width + 8;
}

static int dot_y(const struct panel *panel, const struct lane_step *step)
{
	return panel->row_top[step->row] + PAD + 9;
}

static int strip_y(const struct panel *panel, const struct lane_arrow *arrow)
{
	return panel->row_top[arrow->row] + steps_height(panel, arrow->row) + arrow->strip * STRIP + STRIP / 2;
}

/* --- drawing --- */

static void draw_stretch(const struct panel *panel, size_t lane, int from, int to, enum lane_state state)
{
	if (state < LANE_GONE && to > from)
		svg_line(panel->out, lane_x(panel, lane), from, lane_x(panel, lane), to,
			 state == LANE_RUNS ? "lane" : "waits");
}

/* Where an arrow of this row meets the lane, as its beginning or its end; -1: nowhere. */
static int meets_at(const struct panel *panel, size_t lane, int row, bool last)
{
	int y = -1;

	for (size_t i = 0; i < panel->lanes->arrow_count; i++) {
		const struct lane_arrow *arrow = &panel->lanes->arrows[i];
		if (arrow->row == row && (last ? arrow->from : arrow->to) == lane && (y < 0 || last))
			y = strip_y(panel, arrow);
	}
	return y;
}

static int lane_top(const struct panel *panel, size_t lane)
{
	int row = panel->lanes->lanes[lane].first, y = lane ? meets_at(panel, lane, row, false) : -1;

	return y >= 0 ? y : panel->row_top[lane ? row + 1 : 0] - 4;
}

static int lane_bottom(const struct panel *panel, size_t lane)
{
	int row = panel->lanes->lanes[lane].last, y = meets_at(panel, lane, row, true);

	return y >= 0 ? y : row >= panel->lanes->row_count ? panel->row_top[panel->lanes->row_count + 1] : -1;
}

static void draw_lane(const struct panel *panel, size_t lane)
{
	enum lane_state state = LANE_RUNS;
	int y = lane_top(panel, lane), bottom = lane_bottom(panel, lane);

	for (size_t i = 0; i < panel->lanes->step_count; i++) {
		const struct lane_step *step = &panel->lanes->steps[i];
		if (step->lane != lane)
			continue;
		draw_stretch(panel, lane, y, dot_y(panel, step), state);
		y = dot_y(panel, step);
		state = step->after;
	}
	draw_stretch(panel, lane, y, bottom, state);
}

static void draw_arrow_at(FILE *out, int from, int to, int y)
{
	int back = to > from ? -9 : 9;
	char *head = mem_format("M%d %dl%d -5v10z", to + (back < 0 ? -1 : 1), y, back);

	svg_line(out, from, y, to + back, y, "arrow");
	svg_path(out, head, "head");
	free(head);
}

static void draw_arrow(const struct panel *panel, const struct lane_arrow *arrow)
{
	draw_arrow_at(panel->out, lane_x(panel, arrow->from), lane_x(panel, arrow->to), strip_y(panel, arrow));
}

static void draw_lines(const struct panel *panel, int x, int *y, const struct wrapped *lines, const char *class)
{
	for (size_t i = 0; i < lines->count; i++, *y += LINE)
		svg_text(panel->out, x, *y, class, lines->items[i]);
}

/* A filled dot for a step, a ring for a wait, a square for an end, a cross for a fault. */
static void draw_mark(const struct panel *panel, const struct lane_step *step)
{
	int x = lane_x(panel, step->lane), y = dot_y(panel, step);

	if (step->fault) {
		char *cross = mem_format("M%d %dl10 10m0 -10l-10 10", x - 5, y - 5);
		svg_circle(panel->out, x, y, 9, "box");
		svg_path(panel->out, cross, "mark");
		free(cross);
	} else if (step->after == LANE_WAITS) {
		svg_circle(panel->out, x, y, 5, "ring");
	} else if (step->after == LANE_RUNS) {
		svg_circle(panel->out, x, y, 4, "dot");
	} else {
		svg_rectangle(panel->out, x - 5, y - 5, 10, 10, "dot");
	}
}

static void draw_box(const struct panel *panel, const struct lane_step *step)
{
	svg_rectangle(panel->out, lane_x(panel, step->lane) + INDENT - 4, panel->row_top[step->row] + 2,
		      panel->lane_width - INDENT + 4 - panel->box_end, height_of(panel, step) + PAD, "box");
}

static void draw_step(const struct panel *panel, const struct lane_step *step)
{
	int x = lane_x(panel, step->lane) + INDENT, y = dot_y(panel, step) + 5;
	struct wrapped words = wrapped_of(step->words, room_for_words(panel, step), svg_width);

	if (step->fault)
		draw_box(panel, step);
	if (step->line) {
		char *number = mem_format(":%d", step->line);
		svg_text_before(panel->out, x + room_of(panel), y, "faint", number);
		free(number);
	}
	draw_lines(panel, x, &y, &words, "text");
	if (step->fault) {
		struct wrapped fault = wrapped_of(step->fault, room_of(panel), svg_width_bold);
		y += 2;
		draw_lines(panel, x, &y, &fault, "fault");
		wrapped_release(&fault);
	}
	draw_mark(panel, step);
	wrapped_release(&words);
}

static bool lie_apart(const struct lanes *lanes, const struct lane_link *a, const struct lane_link *b)
{
	const struct lane_step *steps = lanes->steps;

	return steps[a->to].row < steps[b->from].row || steps[b->to].row < steps[a->from].row;
}

/* The lane whose right side the link runs down. */
static size_t gutter_of(const struct lanes *lanes, const struct lane_link *link)
{
	size_t from = lanes->steps[link->from].lane, to = lanes->steps[link->to].lane;

	return from < to ? to - 1 : to;
}

/* Links that have no step in common do not lie one on the other: they would look like one. */
static int link_x(const struct panel *panel, size_t index)
{
	const struct lanes *lanes = panel->lanes;
	const struct lane_link *link = &lanes->links[index];
	size_t gutter = gutter_of(lanes, link);
	int beside = 0;

	for (size_t i = 0; i < index; i++) {
		const struct lane_link *other = &lanes->links[i];
		beside += gutter_of(lanes, other) == gutter && other->from != link->from && other->to != link->to &&
			  other->from != link->to && other->to != link->from && !lie_apart(lanes, other, link);
	}
	return lane_x(panel, gutter + 1) - panel->box_end + LINK_STEP * (1 + beside % (GUTTER / LINK_STEP - 1));
}

/* From one box to the other: a dashed line without a head, in the room beside the lane. */
static void draw_link(const struct panel *panel, size_t index)
{
	const struct lane_link *link = &panel->lanes->links[index];
	const struct lane_step *from = &panel->lanes->steps[link->from], *to = &panel->lanes->steps[link->to];
	bool rightward = from->lane < to->lane;
	int y1 = dot_y(panel, from), y2 = dot_y(panel, to);
	int x1 = rightward ? lane_x(panel, from->lane + 1) - panel->box_end : lane_x(panel, from->lane) - 9;
	int x2 = rightward ? lane_x(panel, to->lane) - 9 : lane_x(panel, to->lane + 1) - panel->box_end;

	if (from->lane == to->lane)
		return;
	char *data = mem_format("M%d %dH%dV%dH%d", x1, y1, link_x(panel, index), y2, x2);
	svg_path(panel->out, data, "between");
	free(data);
}

static void draw_names(const struct panel *panel)
{
	svg_text(panel->out, panel->left, panel->top + 16, "strong", panel->lanes->title);
	for (size_t i = 0; i < panel->lanes->lane_count; i++) {
		struct wrapped lines = wrapped_of(panel->lanes->lanes[i].name, panel->lane_width - 12, svg_width);
		if (lines.count)
			svg_text(panel->out, panel->left + (int)i * panel->lane_width, panel->top + 42, "name",
				 lines.items[0]);
		wrapped_release(&lines);
	}
}

static void draw_panel(const struct panel *panel)
{
	const struct lanes *lanes = panel->lanes;

	draw_names(panel);
	for (size_t i = 0; i < lanes->lane_count; i++)
		draw_lane(panel, i);
	for (size_t i = 0; i < lanes->link_count; i++)
		draw_link(panel, i);
	for (size_t i = 0; i < lanes->arrow_count; i++)
		draw_arrow(panel, &lanes->arrows[i]);
	for (size_t i = 0; i < lanes->step_count; i++)
		draw_step(panel, &lanes->steps[i]);
	if (lanes->not_drawn)
		svg_text(panel->out, panel->left, panel->row_top[lanes->row_count + 1] + LINE, "faint",
			 lanes->not_drawn);
}

/* --- the whole --- */

/* Places the panels; returns the width, and the height in *height. */
static int place_panels(struct panel *panels, const struct lanes *lanes, size_t count, int *height)
{
	size_t all = 0, widest = 0;
	int bottom = 0, right = 0, narrow = LANE_NARROW;

	for (size_t i = 0; i < count; i++) {
		all += lanes[i].lane_count;
		widest = lanes[i].lane_count > widest ? lanes[i].lane_count : widest;
		narrow = lanes[i].link_count ? LANE_NARROW + GUTTER : narrow;
	}
	int room = ACROSS - 2 * MARGIN - (int)(count - 1) * MARGIN;
	bool beside = all && room / (int)all >= narrow;
	int width = room / (int)(beside ? all : widest ? widest : 1);
	width = width > LANE_WIDE ? LANE_WIDE : width;
	for (size_t i = 0; i < count; i++) {
		panels[i].lanes = &lanes[i];
		panels[i].lane_width = width;
		panels[i].box_end = BOX_END + (lanes[i].link_count ? GUTTER : 0);
		panels[i].left = beside && i ? right + MARGIN : MARGIN;
		panels[i].top = beside || !i ? TITLE + MARGIN : bottom + MARGIN;
		int end = measure_rows(&panels[i]);
		bottom = end > bottom ? end : bottom;
		int side = panels[i].left + (int)lanes[i].lane_count * width;
		right = side > right ? side : right;
	}
	*height = bottom + LEGEND + MARGIN;
	return right + MARGIN;
}

static void draw_legend(FILE *out, int y, bool several)
{
	int x = MARGIN;

	svg_circle(out, x + 4, y, 4, "dot");
	svg_text(out, x + 14, y + 5, "faint", "a step");
	svg_circle(out, x + 78, y, 5, "ring");
	svg_text(out, x + 88, y + 5, "faint", "waits");
	svg_rectangle(out, x + 138, y - 5, 10, 10, "dot");
	svg_text(out, x + 154, y + 5, "faint", "the end");
	draw_arrow_at(out, x + 214, x + 244, y);
	svg_text(out, x + 250, y + 5, "faint", "must come before");
	svg_line(out, x + 384, y, x + 414, y, "between");
	svg_text(out, x + 420, y + 5, "faint", "wrong together");
	svg_text(out, x + 534, y + 5, "faint", ":N  line N");
	if (several)
		svg_text(out, x + 612, y + 5, "faint", "xN  N threads alike");
}

void lanes_svg(FILE *out, const char *title, const struct lanes *lanes, size_t count)
{
	struct panel *panels = mem_zeroed(count + 1, sizeof *panels);
	char *told = lanes_told(lanes, count);
	int height, width = place_panels(panels, lanes, count, &height);
	bool several = false;

	svg_begin(out, width, height, title, told);
	svg_text(out, MARGIN, MARGIN + 8, "strong", title);
	for (size_t i = 0; i < count; i++) {
		panels[i].out = out;
		draw_panel(&panels[i]);
		free(panels[i].row_top);
		several = several || has_several(&lanes[i]);
	}
	svg_line(out, MARGIN, height - LEGEND - 8, width - MARGIN, height - LEGEND - 8, "rule");
	draw_legend(out, height - LEGEND + 10, several);
	svg_end(out);
	free(told);
	free(panels);
}

/*
 * A run as lanes: a column for each thread, time downward. Made from a trace (trace/trace.h), drawn by lanes_text.c and
 * lanes_svg.c.
 *
 * Where a step stands is decided by what it had to wait for, not by when it was seen: its row comes after that of its
 * thread's step before, and after those that it waited for. So two runs of a program whose schedule is pinned give the
 * same picture. Two steps in one row have no order.
 *
 *     struct lanes lanes;
 *     lanes_init(&lanes, "broken", &trace);
 *     lanes_print(stdout, style, &lanes, 1);
 *     lanes_release(&lanes);
 */
#ifndef LOOSE_PICTURE_LANES_H
#define LOOSE_PICTURE_LANES_H

#include "report/report.h"
#include "trace/trace.h"

enum { LANES_MOST = 4 /* that are drawn */, LANES_PAIR = 2 };

/* What a thread does once it has taken a step, until the next. */
enum lane_state { LANE_RUNS, LANE_WAITS, LANE_ENDED, LANE_GONE /* joined, or the program has ended */ };

struct lane_step {
	size_t lane;
	int row;     /* from 1 */
	char *words; /* "reaches MINUTE_PASSED" */
	int line;    /* of the source; 0: none */
	char *fault; /* what is wrong here, in words; NULL: nothing */
	enum lane_state after;
};

/* What lets another thread begin or go on, drawn below the row of the step that does. */
struct lane_arrow {
	size_t from, to; /* lanes */
	int row;
	int strip; /* of that row's arrows, from the top */
};

/* Two steps that nothing orders, or the one that the other should not have followed. */
struct lane_link {
	size_t from, to; /* steps */
};

struct lane {
	char *name;
	int first, last; /* rows: below the first it begins, below the last there is nothing of it; from 0, of main() */
};

struct lanes {
	char *title;
	struct lane *lanes;
	size_t lane_count;
	struct lane_step *steps; /* by row, then by lane */
	size_t step_count;
	struct lane_arrow *arrows; /* by row, then by strip */
	size_t arrow_count;
	struct lane_link *links;
	size_t link_count;
	int row_count;
	char *not_drawn; /* what there is besides, in words; NULL: nothing */
};

/* The trace may be released afterwards. */
void lanes_init(struct lanes *lanes, const char *title, const struct trace *trace);
void lanes_release(struct lanes *lanes);

/* Draws one after the other, in the style's width. */
void lanes_print(FILE *out, struct style style, const struct lanes *lanes, size_t count);
/* As an SVG: side by side if there is room, else one below the other. `title` says what it is of. */
void lanes_svg(FILE *out, const char *title, const struct lanes *lanes, size_t count);

/* All steps in sentences, for who cannot see the picture; for the caller to free. */
char *lanes_told(const struct lanes *lanes, size_t count);
/* The same in one sentence each: what is wrong; for the caller to free. */
char *lanes_summed_up(const struct lanes *lanes);

#endif

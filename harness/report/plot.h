/*
 * How many threads ran over time, beside the gauges that a budget binds them
 * to, as pictures: in the terminal, and as a script for gnuplot, in which two
 * programs stand side by side on one scale. Pure: numbers in, text out; who
 * runs gnuplot is the caller's business.
 *
 * A value is the peak of a stretch of time: what happened between two values
 * is in the picture too.
 */
#ifndef LOOSE_REPORT_PLOT_H
#define LOOSE_REPORT_PLOT_H

#include <jansson.h>

#include "report.h"
#include "verdict/budget.h"

enum { PLOT_LINES = 5 };
/* No value is drawn that is larger. */
static const long long PLOT_MOST = 1000000000000000;

struct plot_line {
	char *name;
	long long *values;
};

struct plot {
	struct plot_line lines[PLOT_LINES]; /* the threads first */
	size_t line_count;
	size_t count;	    /* of each line's values */
	long long width_us; /* the stretch of time of a value */
	long long end_us;   /* of the program */
	long long at_exit;  /* of the first line */
	bool bounded;	    /* the second line is what is allowed of the first */
	bool by_change;	    /* not by time: equal stretches are one */
};

/*
 * Takes from an observation's measured object (detectors/budget_report.h) the
 * threads, and what stands on the right of the bounds on threads (`bounds` may
 * be NULL). False, and nothing to release, when there is nothing to draw.
 */
bool plot_init(struct plot *plot, const json_t *measured, const char *bounds);
void plot_release(struct plot *plot);

/*
 * The bound whose curve tells most of what is broken, among those that the findings name: one that must hold at each
 * moment before one that is looked at in the end, and no mere count of calls. NULL: none of them has a curve.
 */
const struct bound *plot_broken_bound(const struct budget *budget, const json_t *measured,
				      const struct findings *findings);
/* Whether its figure, and all that it is compared with, was measured over time. */
bool plot_can_show(const json_t *measured, const struct bound *bound);
/* The bound's figure, and what of it was allowed; as plot_init() otherwise. */
bool plot_init_bound(struct plot *plot, const json_t *measured, const struct bound *bound);
/* Leaves out how long each value stayed: what a run shows whatever the machine did meanwhile. */
void plot_squeeze(struct plot *plot);
/* The last stretch is begun, at least. */
void plot_end(struct plot *plot);

/* Draws in the style's width: threads as bars, gauges as marks. */
void plot_print(FILE *out, struct style style, const struct plot *plot);
/* What gnuplot needs to write an SVG to its standard output; `title` stands above both. */
void plot_script(FILE *out, const char *title, const struct plot *broken, const struct plot *fixed);

/* What an SVG of gnuplot needs to follow a reader's dark mode: a style, for anywhere in the picture. */
void plot_in_dark(FILE *out);

/* The smallest of 1, 2, 5, 10, ... of which `most` takes no more than `steps`. */
long long plot_step(long long most, int steps);

#endif

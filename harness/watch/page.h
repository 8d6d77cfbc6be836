/*
 * What there is to read: of the exercise in hand, of what is known of the
 * reader's file by now, and the panels over it. It prints what a view holds,
 * decides nothing, and ends each text with a line end.
 */
#ifndef LOOSE_WATCH_PAGE_H
#define LOOSE_WATCH_PAGE_H

#include <stdint.h>
#include <stdio.h>

#include "reader/progress.h"
#include "report/report.h"
#include "verdict/detector.h"
#include "verdict/result.h"
#include "workbook/catalogue.h"

enum { MOST_TASKS = 16 };

/* How far it is with the reader's file. */
enum stage {
	STAGE_GONE,  /* it is not there, or cannot be read */
	STAGE_EMPTY, /* nothing is in it, as between two steps of a save */
	STAGE_JUDGING,
	STAGE_PASSED,
	STAGE_REFUSED,
	STAGE_UNCOMPILED,
	STAGE_UNJUDGED, /* by a fault of this machine */
};

struct view {
	struct style style;
	const struct catalogue *catalogue;
	const struct reader *reader;
	const char *pitfall;
	const char *file; /* the reader's, relative to the root */
	enum stage stage;
	const struct detector *detectors[MOST_TASKS]; /* in the order in which they are shown */
	const struct result *results[MOST_TASKS];     /* NULL: not there yet */
	bool started[MOST_TASKS];
	uint64_t began[MOST_TASKS], now; /* by the loop's clock, in ms: since when each runs, and what it is */
	size_t count;
	bool compiled, late; /* late: all agrees, and the late runs are under way (judge/judging.h) */
	const char *error;   /* a fault of this machine; NULL: none */
	const char *note;    /* a line that stays for a while; NULL: none */
};

/* The exercise, where it stands among all, and the file to edit. */
void page_title(FILE *out, const struct view *view);
/* A row for the compiler and for each detector. */
void page_verdicts(FILE *out, const struct view *view);
/* The compiler's row, and the one of a detector, as a line: "tsan: fires: data-race in send_frame". */
void page_compiler_line(FILE *out, const struct view *view);
void page_verdict_line(FILE *out, const struct view *view, size_t index);
/* What all of it comes to, in one line. */
void page_summary(FILE *out, const struct view *view);
/* The first thing that refuses the file, and what the contract says to it. Nothing when nothing does yet. */
void page_findings(FILE *out, const struct view *view);
/* What the others say that refuse it. */
void page_further(FILE *out, const struct view *view);
/* What to read now that it has passed. */
void page_next(FILE *out, const struct view *view);

/* The exercise's hints up to this level. */
void page_hints(FILE *out, const struct view *view, int level);
/* What the program itself wrote when the tests ran plain. */
void page_output(FILE *out, const struct view *view);
/* What the reader has changed. */
void page_diff(FILE *out, const struct view *view, const char *start, const char *now);
void page_solution(FILE *out, const struct view *view);
/* The exercises whose names have `search` in them; the one of number `chosen` of these is marked. How many there are. */
size_t page_list(FILE *out, const struct view *view, const char *search, size_t chosen);
/* The pitfall of number `chosen` of that list; NULL: there is none. */
const char *page_listed(const struct view *view, const char *search, size_t chosen);

/* A text of the exercise's folder, for the caller to free; NULL: it is not there. */
char *page_readme(const struct view *view, char **path);

#endif

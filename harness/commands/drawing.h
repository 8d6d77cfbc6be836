/* The pictures of a pitfall: lanes, from a trace of each program, and the curve of its broken bound. */
#ifndef LOOSE_DRAWING_H
#define LOOSE_DRAWING_H

#include "docs/docs.h"
#include "judge/judging.h"
#include "picture/lanes.h"

/* A picture, as it is to lie beside the text. */
struct drawing {
	char *svg;
	char *words;   /* for who cannot see it */
	char *caption; /* what is wrong, and what not */
};

/* What it has; not the structure, which is the caller's. */
void drawing_release(struct drawing *drawing);

/*
 * Lanes of the pitfall's broken and its fixed program, each of a run with the tracer; the findings are those of `results`,
 * which may hold other programs' too. 0, and both are the caller's to release; or a status after a line on stderr.
 */
int drawing_lanes_of(struct workbook *workbook, const char *pitfall, const struct results *results,
		     struct lanes lanes[LANES_PAIR]);
int drawing_of_lanes(struct workbook *workbook, const char *pitfall, const struct results *results,
		     struct drawing *drawing);
/* The curve; drawing->svg is NULL when no bound of the pitfall that is broken has one. */
int drawing_of_curve(struct workbook *workbook, const char *pitfall, const struct results *results,
		     struct drawing *drawing);

/*
 * Whether the picture that lies there shows what this one does. Lanes are the same byte for byte; a curve is, when it says
 * the same in the same colours, for how long a value stays is the machine's.
 */
bool drawing_same(const char *kind, const char *there, const char *made);

#endif

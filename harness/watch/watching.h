/*
 * The learner's loop: from an exercise on, until the reader has had enough. Each
 * save of the reader's copy is judged, verdicts are shown as they come, and keys do
 * the rest. In the plain mode it prints lines and takes words.
 *
 *     char *error;
 *     int status = watching_run(&workbook, &reader, "02-ownership/implicit-contract", plain, &error);
 */
#ifndef LOOSE_WATCHING_H
#define LOOSE_WATCHING_H

#include "judge/workbook.h"
#include "reader/progress.h"

enum watching_end {
	WATCHING_LEFT,	  /* the reader has left, or a signal came, which stands in the loop */
	WATCHING_PASSED,  /* plain: there is no more input, and the file has passed */
	WATCHING_REFUSED, /* the same, and it has not */
	WATCHING_FAILED,  /* *error is a line for the reader, to free */
};

/* The pitfall is one of the catalogue's that has an exercise. Nothing that was started is left when it returns. */
enum watching_end watching_run(struct workbook *workbook, struct reader *reader, const char *pitfall, bool plain,
			       char **error);
/* The exercise to begin with when none was named: the one in hand, or the first that is not passed; NULL: there is none. */
const char *watching_first(const struct catalogue *catalogue, const struct reader *reader);
/* The table of keys, a line for each: "  h hint       the next hint, one level at a time"; for the caller to free. */
char *watching_keys(void);

#endif

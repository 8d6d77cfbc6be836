/*
 * The reader's own copy of an exercise: work/NN-name/pitfall/x.c. The exercise in
 * git stays as it came; a newer workbook never touches the copy. Beside it, in
 * work/.base/, lies the exercise as it was when the copy was made: by that it is
 * known that a newer workbook has another, and the two can be merged.
 *
 *     char *error, *path = copy_path(starter);
 *     if (copy_open(root, starter, &error) != 0)
 *             ... error ...
 *
 * A file is put in its place whole, or not at all, and is on the disk by then.
 * What takes the place of a reader's file keeps that one first, under the next
 * number that is free: x.1.c, x.2.c. Illegal: a program that is not a starter.
 *
 * `root` is the workbook's, paths are relative to it. What returns an int returns
 * 0, or -1 with one line in *error for the caller to free.
 */
#ifndef LOOSE_READER_COPY_H
#define LOOSE_READER_COPY_H

#include <stdbool.h>

#include "exec/loop.h"
#include "workbook/catalogue.h"

/* "work/02-ownership/implicit-contract/line.c", whether it is there or not; for the caller to free. */
char *copy_path(const struct program *starter);

/* Makes the copy when there is none. *made, which may be NULL, tells whether it has. */
int copy_open(const char *root, const struct program *starter, bool *made, char **error);

struct copy_state {
	bool exists;
	bool changed;  /* it differs from what it was made of */
	bool outdated; /* the kit has another exercise than the one it was made of */
	bool contract; /* the kit's header or test is another than when it was begun; a merge takes note of it */
};

/* Looks; changes nothing. A copy whose base is gone is neither outdated nor, unless the kit's differs, changed. */
struct copy_state copy_state(const char *root, const struct program *starter);

/* The exercise as the copy began, for a diff; for the caller to free. The kit's own where there is no base. */
char *copy_start(const char *root, const struct program *starter);

/*
 * Begins anew: the kit's exercise takes the copy's place. *kept is the name that the reader's file has now, relative to
 * the root, for the caller to free; NULL when that was as it began, or not there.
 */
int copy_reset(const char *root, const struct program *starter, char **kept, char **error);

/*
 * Takes a reset or a merge back: the copy and the file that was kept last exchange their places, so that to undo once more
 * is to redo. *from is the name of the kept one, relative to the root, for the caller to free.
 */
int copy_undo(const char *root, const struct program *starter, char **from, char **error);

enum copy_merge {
	COPY_FAILED,	 /* *error says why; nothing was changed */
	COPY_UP_TO_DATE, /* there was nothing to merge */
	COPY_MERGED,	 /* both sides' changes are in the copy */
	COPY_CONFLICTS,	 /* they are, with marks where the two differ */
};

/*
 * Puts what a newer workbook changed into the copy, by git merge-file. The reader's file is kept as for a reset; *kept may be
 * NULL at COPY_UP_TO_DATE. A conflict is put into the copy with git's marks.
 */
enum copy_merge copy_merge(struct loop *loop, const struct program *starter, char **kept, char **error);

#endif

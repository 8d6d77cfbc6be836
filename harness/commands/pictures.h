/* The book's pictures: those that the texts ask for by a mark, each a file beside its text. */
#ifndef LOOSE_PICTURES_H
#define LOOSE_PICTURES_H

#include "drawing.h"

struct book_pictures {
	struct drawing *drawings; /* of told.items */
	struct docs_pictures told;
	bool all; /* of every pitfall: what else lies there is a stray */
};

/* Draws all that the texts of the judged pitfalls ask for; `all`: these are all that there are. 0, or a status after a line on stderr. */
int pictures_make(struct book_pictures *pictures, struct workbook *workbook, const struct results *results, bool all);
/*
 * Writes those that are missing or show something else. With `check` it writes nothing, and says which are missing, stale or
 * stray, that is shown by no text, and counts them in *wrong. 0, or a status after a line on stderr.
 */
int pictures_put(const struct book_pictures *pictures, const char *root, bool check, size_t *wrong);
void pictures_release(struct book_pictures *pictures);

#endif

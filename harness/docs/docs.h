/*
 * The book's generated passages. A chapter's text holds pairs of marks; what
 * stands between them is made from the programs and from runs, never typed:
 *
 *     <!-- excerpt broken.c evict_loop -->    the named functions or structs of that file
 *     <!-- says broken tsan -->               what that detector says of that program
 *     <!-- run 02-x/y broken tsan -->         what './loose run y broken --detector tsan' shows
 *     <!-- verify 02-x/y 02-x/z -->           what './loose verify --chapters y z' shows
 *     <!-- diff -->                           broken.c against fixed.c, without the declarations
 *     <!-- diff rates.c -->                   broken/rates.c against fixed/rates.c
 *     <!-- table -->                          the detector table (book.md)
 *     <!-- end -->
 */
#ifndef LOOSE_TEXT_H
#define LOOSE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "verdict/result.h"
#include "workbook/catalogue.h"

/*
 * The text with each passage made anew, for the caller to free. `path` is the
 * text's path relative to the root and decides which pitfall it speaks of (for
 * book.md: all). NULL when a mark is unknown, not ended, or names what is not
 * there; *error is then one line, owned by the caller, with path, line and fix.
 */
char *docs_fill(const struct catalogue *catalogue, const struct results *results, const char *path, const char *text,
		char **error);
/*
 * The texts are made where a mutex has this size (x86-64). It has another on
 * other machines, and so have the blocks that it lies in.
 */
#define DOCS_MUTEX_SIZE 40
/*
 * Whether the text is the one that was made, on a machine whose mutex has
 * `mutex_size` bytes: if that is another size, but for the sizes of blocks in
 * the detectors' words, and where these wrap.
 */
bool docs_same(const char *text, const char *made, size_t mutex_size);
/* The definition of a function, struct or enum in C source, with the comment above it; NULL when there is none. */
char *docs_excerpt(const char *source, const char *name);
/*
 * Prints a line for each link of the text that names a file which is not there, and returns how many there are. `path` is
 * the text's, relative to the root; links to the web and to headings are not looked at.
 */
size_t docs_dead_links(FILE *out, const char *root, const char *path, const char *text);
/* Unified diff of two texts, with three lines of context, without a header; empty when they are the same. */
char *docs_diff(const char *before, const char *after);

#endif

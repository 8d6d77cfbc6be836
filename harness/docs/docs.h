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
 *     <!-- commands -->                       by which shell lines a reader has the verdicts without the harness
 *     <!-- table -->                          the detector table (book.md)
 *     <!-- picture lanes -->                  the picture that lies beside the text as lanes.svg: of a run's threads, broken
 *                                             and fixed; or curve: of the figure whose bound is broken
 *     <!-- end -->
 */
#ifndef LOOSE_TEXT_H
#define LOOSE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "verdict/result.h"
#include "workbook/catalogue.h"

/* A picture beside the text of a pitfall, in words. Both are made from what it shows. */
struct docs_picture {
	const char *kind;    /* "lanes"; its file is lanes.svg */
	const char *pitfall; /* "02-ownership/implicit-contract" */
	char *words;	     /* for who cannot see it */
	char *caption;
};
struct docs_pictures {
	struct docs_picture *items;
	size_t count;
};

/* Whether the text has a mark for a picture of this kind. */
bool docs_has_picture(const char *text, const char *kind);

/*
 * The text with each passage made anew, for the caller to free; `pictures` may be NULL. `path` is the
 * text's path relative to the root and decides which pitfall it speaks of (for
 * book.md: all). NULL when a mark is unknown, not ended, or names what is not
 * there; *error is then one line, owned by the caller, with path, line and fix.
 */
char *docs_fill(const struct catalogue *catalogue, const struct results *results, const struct docs_pictures *pictures,
		const char *path, const char *text, char **error);
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

/* A line of a shell, in the workbook's root. */
struct shell_line {
	const struct detector *detector; /* that it runs; NULL: it builds */
	char *text;			 /* with line breaks after backslashes */
};

struct shell_lines {
	struct shell_line *items;
	size_t count;
};

/*
 * How a reader has the verdicts of a chapter's program without the harness: the lines that build it in build/, and one for
 * each detector but those of the harness's own. With the kit's sources that `program` or its pair needs, so that the lines
 * of both are the same but for the name. `here` as in struct detector. To be released with docs_shell_lines_release().
 */
struct shell_lines docs_shell_lines(const struct catalogue *catalogue, const struct program *program, bool here);
void docs_shell_lines_release(struct shell_lines *lines);

/*
 * A Go listing of a text, with what a compiler needs beside it. That stands in a comment right before the listing, which a
 * reader of the page does not see:
 *
 *     <!-- go 1.21                         the least version of Go; without a number any since 1.19
 *     import "sync"                        imports, and stubs of what the listing uses
 *     func charge(p int) {}
 *     //vet before 1.22: captured by       words that `go vet` says of the listing; without a version: in all
 *     func listing() {
 *     //listing                            where the listing goes; without this line at the end
 *     }
 *     -->
 */
struct go_listing {
	int line;	/* of the text: where the listing begins */
	int minor;	/* of the least version, 1.minor */
	char *source;	/* a whole file, in which the listing has the lines that it has in the text */
	char *vet;	/* what `go vet` is to say; NULL: nothing */
	int vet_before; /* only in a version before 1.vet_before; 0: in all */
};

struct go_listings {
	struct go_listing *items;
	size_t count;
};

/* False with one line in *error, for the caller to free: a listing that has no such comment, or one that is not right. */
bool docs_go_listings(const char *path, const char *text, struct go_listings *listings, char **error);
void docs_go_listings_release(struct go_listings *listings);

/* Unified diff of two texts, with three lines of context, without a header; empty when they are the same. */
char *docs_diff(const char *before, const char *after);

#endif

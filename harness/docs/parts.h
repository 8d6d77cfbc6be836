/* What the files of text_*.c share. */
#ifndef LOOSE_TEXT_PARTS_H
#define LOOSE_TEXT_PARTS_H

#include <stdio.h>

#include "docs.h"

/* A text on its way from `from` to `out`. */
struct filling {
	const struct catalogue *catalogue;
	const struct results *results;
	const struct docs_pictures *pictures; /* NULL: none */
	const char *path;
	char *directory; /* of the text, relative to the root; "" for the root */
	char *pitfall;	 /* that the text speaks of; NULL for the whole book or a chapter */
	int line;	 /* of the mark in hand */
	FILE *out;
	char **error;
};

/* The words of a mark: its name, then what it names. */
struct mark {
	char *text;
	char *words[32];
	size_t count;
};

/* One line for the reader with path and line; takes over the message. Always false. */
bool filling_fail(struct filling *filling, char *message);
/* Prints the passage of a mark; false after filling_fail(). */
typedef bool passage_fill(struct filling *filling, const struct mark *mark);
/* NULL when there is no such mark. */
passage_fill *passage_named(const char *name);

/* The passage of `commands`. */
passage_fill fill_commands;

/*
 * The detector table in Markdown: for each pitfall below `prefix` ("" for all,
 * "02-ownership/" for a chapter) what sees its broken program, and who cries
 * wolf over its fixed one; links are relative to the directory `from`. False
 * when the results have no such pitfall.
 */
bool docs_table(FILE *out, const struct results *results, const char *prefix, const char *from);

#endif

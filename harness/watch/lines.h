/*
 * Text in lines that fit a window: by the columns that the terminal gives each
 * character, broken between words, and inside one only where it is longer than
 * a line. The escape sequences of colours take no room; every other control
 * character is a '?', so that no text can act on the terminal.
 */
#ifndef LOOSE_WATCH_LINES_H
#define LOOSE_WATCH_LINES_H

#include <stddef.h>
#include <stdio.h>

struct lines {
	char **items; /* without their ends */
	size_t count;
};

/* Appends the lines of the text; what is wrapped goes on where the line's own text began. */
void lines_add(struct lines *lines, const char *text, int width);
void lines_release(struct lines *lines);

/* Prints text of a stranger: it keeps its lines and tabs, and loses every other control character. */
void lines_print_clean(FILE *out, const char *text);
/* Columns that the text takes; control characters and colours none. */
int lines_columns(const char *text);

#endif

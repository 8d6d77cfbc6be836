/*
 * Text that is built piece by piece, through a stream. Like allocation it cannot
 * fail: when memory runs out the process ends with one line, so what text_close()
 * returns is always the whole text. Nobody calls open_memstream() but this module.
 *
 *     struct text list;
 *     FILE *out = text_open(&list);
 *     fprintf(out, "%s, ", name);
 *     char *names = text_close(&list);
 */
#ifndef LOOSE_BASE_TEXT_H
#define LOOSE_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Not to be moved or copied while it is open. */
struct text {
	FILE *out;     /* NULL: not open */
	char *bytes;   /* to be looked at when it is closed */
	size_t length; /* then: without the '\0' that ends the text */
	size_t room;
};

/* Opens an empty text; every text that is opened must be closed. Returns text->out. */
FILE *text_open(struct text *text);
/* The text, for the caller to free; NULL when *text is all zeroes, for it was never opened. */
char *text_close(struct text *text);

/*
 * A copy in which each control character is written as in C, "\\n" or "\\033", for the caller to free: what somebody named
 * cannot begin a line, nor colour a terminal.
 */
char *text_escape(const char *text);
/* Whether it is UTF-8 without control characters but tabs: what XML and JSON can hold, and a shell in one line. */
bool text_is_plain(const char *text);

/*
 * Hands line after line, each without its '\n', to `take`, until it returns false. The line is a copy that `take` may write
 * to, and ends at `length`; a byte of 0 may stand in it before that. True when all were taken and the last one was whole.
 */
bool text_lines(const char *bytes, size_t length, bool (*take)(void *context, char *line, size_t length),
		void *context);

#endif

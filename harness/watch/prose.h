/*
 * A text of the book as a terminal shows it: paragraphs of one line each, to be
 * wrapped by who shows them; code as it is; a link as its words and, in brackets,
 * the file's path from the workbook; no marks.
 */
#ifndef LOOSE_WATCH_PROSE_H
#define LOOSE_WATCH_PROSE_H

/* `path` is the text's own, relative to the root. For the caller to free. */
char *prose_of(const char *path, const char *text);

#endif

/*
 * What is an answer, and when it is shown: one rule for the terminal and the
 * browser. What the programs of a pitfall declare, the book's words on what the
 * detectors say, and why a wrong fix is wrong, are hidden until the reader has
 * predicted the pitfall, or asks for them with --answers.
 */
#ifndef LOOSE_READER_ANSWERS_H
#define LOOSE_READER_ANSWERS_H

#include <stdbool.h>

#include "progress.h"
#include "verdict/detector.h"
#include "workbook/catalogue.h"

/* Whether the pitfall's answers are hidden; `asked` is --answers. Those of an exercise alone never are: its tests are its oracle. */
bool answers_hidden(const struct reader *reader, const char *pitfall, bool asked);
/* One line, without "loose: ", that says that they are and how to see them; for the caller to free. */
char *answers_how(const char *pitfall);

/* A program's source without what it declares; for the caller to free. Its lines are not those of the file any more. */
char *answers_hide(const char *source);
/* The text of a pitfall up to what the detectors say; for the caller to free. */
char *answers_hide_text(const char *text);

/* The passage of the text, "What the detectors say", that is about this detector; for the caller to free, NULL: none. */
char *answers_passage(const char *text, const struct detector *detector);

/* A section of a text by its heading ("Hint 1"), without the heading; for the caller to free, NULL: none. */
char *answers_section(const char *text, const char *heading);
/* The text of an exercise without the hints after that many, which come one at a time; for the caller to free. */
char *answers_hide_hints(const char *text, int taken);
/* How many hints the text of an exercise has. */
int answers_hints(const char *text);

#endif

/*
 * The one question worth asking where all detectors but one are blind: then the
 * cells are soon guessed, and what is left to understand is which figure runs
 * away, or in which function. It is made of what the program declares; the wrong
 * answers are its own bounds that hold, its other functions, and what other
 * programs of the workbook declare.
 */
#ifndef LOOSE_READER_QUESTION_H
#define LOOSE_READER_QUESTION_H

#include <stdbool.h>
#include <stddef.h>

#include "workbook/catalogue.h"

enum { QUESTION_OPTIONS = 4 };

struct question {
	char *text; /* one line */
	char *options[QUESTION_OPTIONS];
	size_t count; /* two or more */
	size_t right; /* index of the one that is declared */
};

/*
 * False, and nothing to release, when several detectors see the program or there is nothing to choose from. The same tree
 * gives the same question. `broken` is of the catalogue.
 */
bool question_make(struct question *question, const struct catalogue *catalogue, const struct program *broken);
void question_release(struct question *question);

#endif

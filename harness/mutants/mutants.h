/*
 * Mutants of a right program: each has one change, made by one operator, as a
 * fault that somebody could write. Which changes there are follows from the
 * text alone, so the same program always has the same mutants in the same order.
 *
 *     struct mutants all = {0};
 *     mutants_make(&all, source);
 *     ... all.items[i].source is a whole file to be compiled in place of the program's
 *     mutants_release(&all);
 */
#ifndef LOOSE_MUTANTS_H
#define LOOSE_MUTANTS_H

#include <stdbool.h>
#include <stddef.h>

struct mutant {
	const char *change; /* static: "signal for broadcast" */
	char *function;	    /* where the change is; "-" outside of all functions */
	char *line_text;    /* its line as it was, without the blanks around it */
	unsigned nth;	    /* among those of this operator with the same function and line, from 1 */
	int line;
	char *source; /* the whole text, changed */
};

struct mutants {
	struct mutant *items;
	size_t count;
};

/* Appends all mutants of the program with this text, by operator, each in the order of the text. */
void mutants_make(struct mutants *all, const char *source);
void mutants_release(struct mutants *all);

/* The name of an operator, in their order; NULL after the last. */
const char *mutant_operator(size_t index);

#endif

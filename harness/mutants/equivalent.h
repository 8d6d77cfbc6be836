/*
 * The list of the mutants of an exercise that keep the promise of its header:
 * nobody can refuse them, and each says why. One to a line, with " | " between:
 *
 *     # program | operator[#n] | function | line | reason
 *     toll | boundary#2 | toll_pass | if (toll.count < TOLL_ROOM) { | what the change does not change, and why
 *
 * A mutant is matched by content, so that a line above it may come or go.
 */
#ifndef LOOSE_EQUIVALENT_H
#define LOOSE_EQUIVALENT_H

#include "mutants.h"

struct equivalent {
	char *program; /* "toll", "also-right/queue" */
	char *change, *function, *line_text, *reason;
	unsigned nth;
	int line; /* of the list */
	bool met; /* for the caller: there is such a mutant */
};

struct equivalents {
	struct equivalent *items;
	size_t count;
};

/*
 * Reads the text of a list. NULL; or a line for the reader that says what is wrong with it, for the caller to free, and then
 * the list is empty. `path` is only for that line.
 */
char *equivalents_read(struct equivalents *all, const char *path, const char *text);
/* The line that names this mutant of the program; NULL when it is not listed. */
struct equivalent *equivalents_find(const struct equivalents *all, const char *program, const struct mutant *mutant);
void equivalents_release(struct equivalents *all);

#endif

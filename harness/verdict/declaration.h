/*
 * What a program says of itself in its first comment: the oracle stands where
 * the bug is. The block begins with `Promise` (or `Tempting`, in a wrong fix)
 * and ends with the comment, or at its first empty line. Without a line in it that
 * says what will be seen (`Ends`, or a detector and its word) it is prose:
 *
 *      * Promise   when shelf_free() returns, no thread touches the shelf.
 *      * Ends      broken: rounds after shelf_free() 1
 *      * tsan      fires  data-race in shelf_free, thread-leak in main
 *      * helgrind  false-alarm Race in load because atomics are plain memory to it
 *      * drd       blind  it keeps no graph of lock orders
 *      * memcheck  silent
 *      * budget    fires  threads-at-exit in evict when threads at exit <= 1, memory <= start + 16 MiB
 *      * test      fails  stop_waits, counts_all
 *
 * A line that is indented further goes on with the one before. What the budget
 * is held against stands after "when", in budget.h's own grammar, and before
 * "because", which then comes before the reason of `blind` too.
 */
#ifndef LOOSE_DECLARATION_H
#define LOOSE_DECLARATION_H

#include <stdbool.h>
#include <stddef.h>

enum word { WORD_FIRES, WORD_BLIND, WORD_SILENT, WORD_FALSE_ALARM, WORD_PASSES, WORD_FAILS };

/* Where a finding is expected: its kind, as the detector names it, and the function. */
struct place {
	char *kind, *function;
};

struct expectation {
	const struct detector *detector; /* or the plain test run */
	enum word word;
	struct place *places; /* fires, false-alarm */
	size_t place_count;
	char *tests;  /* fails: names, sorted, separated by ", " as in an observation */
	char *why;    /* blind, false-alarm; NULL otherwise */
	char *bounds; /* of the budget; NULL for the other detectors */
};

struct declaration {
	char *promise, *tempting, *refused; /* NULL when absent */
	bool ends;			    /* an `Ends` line is there */
	bool holds;			    /* the invariant holds at the end: exit status 0, else 1 */
	char *last_line;		    /* what the program prints last */
	bool submission;		    /* held against a reader's file, which did not write it */
	struct expectation *items;
	size_t count;
};

enum declared {
	DECLARED,
	DECLARED_NOTHING, /* there is no such block */
	DECLARED_BADLY,	  /* *error tells where and how to fix it */
};

/*
 * Reads the declaration in the text of a source file. `path` is only for the
 * message. On DECLARED_BADLY *error is one line that the caller owns, and the
 * declaration is empty.
 */
enum declared declaration_parse(const char *path, const char *text, struct declaration *declaration, char **error);
/* The text of a source file without its declaration, for the caller to free. Its lines are not those of the file. */
char *declaration_without(const char *text);
/* What every right program of an exercise declares: its tests pass, no detector fires, these bounds hold. */
void declaration_right(struct declaration *declaration, const char *bounds);
void declaration_release(struct declaration *declaration);
/* What is expected of this detector; NULL if the program does not say. */
const struct expectation *declaration_of(const struct declaration *declaration, const struct detector *detector);

/* "fires", "false-alarm" and so on. */
const char *word_name(enum word word);

#endif

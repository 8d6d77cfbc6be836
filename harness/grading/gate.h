/*
 * The gate: looks at a submission's source before it is compiled, for what no
 * answer to an exercise needs and what makes judges blind: files that are none of the
 * exercise's, assembly, sections, attributes and pragmas that switch a sanitizer
 * off, questions whether one watches, hooks of the detectors' runtimes and
 * requests to them, a main() of its own, code that runs before it or after it.
 *
 * What a right program of the exercise uses is allowed, whatever it is. The gate
 * reads words, and takes no part in what they do: a name made by pasting two
 * others is not seen here, so pasting is suspicious by itself. What the compiler
 * makes of the words is looked at in built.h.
 */
#ifndef LOOSE_GRADING_GATE_H
#define LOOSE_GRADING_GATE_H

#include <stdbool.h>

#include "workbook/catalogue.h"

struct gate;

enum gate_answer {
	GATE_ALLOWED,
	GATE_SUSPICIOUS, /* a person is to look at it; it is judged all the same */
	GATE_UNKNOWN,	 /* it asks for what no list knows: no grade, until a person has decided */
	GATE_TAMPERED,	 /* it is made to deceive; it is not compiled, or not run */
};

/* For the headers of an exercise ("line.h") and the texts of its right programs; both lists end with NULL. Both are copied. */
struct gate *gate_new(const char *const *headers, const char *const *right);
/* The same for an exercise of the workbook: its headers, its solution and the other right ones, and its starter. */
struct gate *gate_of(const struct catalogue *catalogue, const char *pitfall);
void gate_free(struct gate *gate);
/* The worst that is there, with the first piece of evidence for it in one line in *evidence, for free(); NULL when allowed. */
enum gate_answer gate_look(const struct gate *gate, const char *text, char **evidence);

/*
 * The same for what the preprocessor has made of the source: only what comes from the file itself is looked at, and of that
 * what a macro can hide. No right program's macros lead here to what is refused.
 */
enum gate_answer gate_look_expanded(const struct gate *gate, const char *text, char **evidence);

/* Whether an object may ask the linker for the name: a right program uses it, or a list has it. */
bool gate_allows(const struct gate *gate, const char *name);
/* The same for one that the C library has too: `link` of a list is not link(). */
bool gate_allows_of_system(const struct gate *gate, const char *name);
/* Whether a right program, the starter or a header of the exercise has the word. */
bool gate_is_of_exercise(const struct gate *gate, const char *word);
/* Whether a header of the kit declares the name, and the exercise has not given it a meaning of its own. */
bool gate_is_of_kit(const struct gate *gate, const char *name);
/* What the name is, if nobody's object may define it or ask for it; NULL: nothing is known of it. */
const char *gate_refuses(const char *name);
/* Learns a list of names: grading/names tells the form. */
void gate_add_names(struct gate *gate, const char *list);

#endif

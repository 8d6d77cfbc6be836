/*
 * The gate: looks at a submission's source before it is compiled, for what no
 * answer to an exercise needs and what makes judges blind: files that are none of the
 * exercise's, assembly, sections, attributes and pragmas that switch a sanitizer
 * off, questions whether one watches, hooks of the detectors' runtimes and
 * requests to them, a main() of its own, code that runs before it or after it.
 *
 * What a right program of the exercise uses is allowed, whatever it is. The gate
 * reads words, and takes no part in what they do: a name made by pasting two
 * others is not seen, so pasting is suspicious by itself.
 */
#ifndef LOOSE_GRADING_GATE_H
#define LOOSE_GRADING_GATE_H

#include "workbook/catalogue.h"

struct gate;

enum gate_answer {
	GATE_ALLOWED,
	GATE_SUSPICIOUS, /* a person is to look at it; it is judged all the same */
	GATE_TAMPERED,	 /* it is made to deceive; it is not compiled */
};

/* For the headers of an exercise ("line.h") and the texts of its right programs; both lists end with NULL. Both are copied. */
struct gate *gate_new(const char *const *headers, const char *const *right);
/* The same for an exercise of the workbook: its headers, its solution and the other right ones, and its starter. */
struct gate *gate_of(const struct catalogue *catalogue, const char *pitfall);
void gate_free(struct gate *gate);
/* The worst that is there, with the first piece of evidence for it in one line in *evidence, for free(); NULL when allowed. */
enum gate_answer gate_look(const struct gate *gate, const char *text, char **evidence);

#endif

/*
 * The second look of the gate, at what the compiler has made of a submission: the
 * names that its object asks for and defines, sections that run code before main()
 * or beside it, functions that ThreadSanitizer is not told of, instructions that
 * talk to Valgrind or to the kernel, and the source after the preprocessor. What a
 * macro has hidden from the first look (gate.h) stands here in the open.
 *
 * Beside each object lies its source as the preprocessor left it: "x.o.i".
 */
#ifndef LOOSE_GRADING_BUILT_H
#define LOOSE_GRADING_BUILT_H

#include <stdbool.h>

#include "gate.h"

/*
 * The worst that is there, as gate_look(). `watched`: it was compiled with ThreadSanitizer. An object that is not there has
 * nothing to say: it does not compile.
 */
enum gate_answer built_look(const struct gate *gate, const char *object, bool watched, char **evidence);
/* Whether the source knows by which of the two it is compiled. */
enum gate_answer built_compare(const char *plain, const char *watched, char **evidence);

#endif

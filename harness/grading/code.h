/*
 * What a submission's instructions do that no C of an exercise does: requests to
 * Valgrind, system calls of their own, instructions by which a program learns what
 * it runs on; and, where ThreadSanitizer watches, memory that is written without a
 * call that tells it. The instructions of x86-64 are read by capstone; of another
 * machine only the requests to Valgrind are looked for.
 */
#ifndef LOOSE_GRADING_CODE_H
#define LOOSE_GRADING_CODE_H

#include <stdbool.h>

#include "objects.h"

struct code_fault {
	const char *what, *function; /* the second lives as long as the object */
	bool certain;		     /* else a person is to look */
};

/* True when there is a fault, the first of the worst. `watched`: the object was compiled with ThreadSanitizer. */
bool code_look(const struct object *object, bool watched, struct code_fault *fault);

#endif

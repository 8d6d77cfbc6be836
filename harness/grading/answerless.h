/*
 * What of the book may be in a kit whose students' predictions count: no program's
 * declaration, none of the passages that runs have filled, no text on what happens
 * and what the detectors say. Nothing of it is needed to judge: predict runs the
 * program, and compares with what is seen.
 */
#ifndef LOOSE_GRADING_ANSWERLESS_H
#define LOOSE_GRADING_ANSWERLESS_H

#include <stdbool.h>

/* Whether the file or folder of this path, relative to the root, is not in such a kit at all: pictures, and pages for instructors. */
bool answerless_leaves_out(const char *path);
/* What such a kit has in the place of its text, for the caller to free; NULL: the file as it is. */
char *answerless_text(const char *path, const char *text);

#endif

/*
 * chapters/outline.json: of each pitfall what a reader can do after it, what it
 * needs before, how long it takes and how hard it is. For readers, for
 * instructors who plan a course, and for their tools.
 */
#ifndef LOOSE_OUTLINE_H
#define LOOSE_OUTLINE_H

#include <jansson.h>

struct outline {
	json_t *all; /* NULL when there is none */
};

enum { OUTLINE_EASY = 1, OUTLINE_HARD = 3 };

/* NULL, or one line for the reader, the caller's to free: what is wrong with the file. Nothing is in it then. */
char *outline_load(struct outline *outline, const char *root);
void outline_release(struct outline *outline);

/*
 * Of a pitfall: an object with "outcome" (the end of the sentence "you can"),
 * "needs" (names of pitfalls), "minutes" (a whole number above 0) and
 * "difficulty" (OUTLINE_EASY to OUTLINE_HARD). Lives as long as the outline;
 * NULL when the file does not have it.
 */
const json_t *outline_of(const struct outline *outline, const char *pitfall);

#endif

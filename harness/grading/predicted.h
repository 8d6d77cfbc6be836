/*
 * What a person has predicted of the chapter's broken program, from the file
 * "prediction" that predict writes into work/NN-name/pitfall/ the first time, and that is
 * handed in as it lies there:
 *
 *     loose-threads/prediction/1 02-ownership/implicit-contract
 *     fires tsan helgrind
 *
 * It is text: nothing keeps a person from writing it by hand once they have run the
 * program, and a rubric that has points for it believes them.
 */
#ifndef LOOSE_GRADING_PREDICTED_H
#define LOOSE_GRADING_PREDICTED_H

#include <stdio.h>

#include "verdict/declaration.h"

#define PREDICTED_FILE "prediction"

/* `of` is 0 where there is no prediction that counts. */
struct predicted {
	long right, of; /* detectors */
};

/* As predict writes it; `fires` has the names of detectors, NULL at the end. */
void predicted_write(FILE *out, const char *pitfall, const char *const *fires);
/* Holds the text against what the broken program of the pitfall declares. Of what is not in this form nothing counts. */
struct predicted predicted_read(const char *text, const char *pitfall, const struct declaration *broken);

#endif

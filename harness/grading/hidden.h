/*
 * Tests of an instructor's own, which nobody who hands in gets to see: Criterion
 * tests of an exercise, DIR/NN-chapter/exercise/ *.c or DIR/exercise/ *.c, with headers
 * beside them, and a rubric of the same form as the exercise's (rubric.h).
 *
 * They are compiled outside of every sandbox, by a name that no sandbox shows, and become a
 * program of their own with what was compiled of the submission: the source of the
 * submission has been compiled before, where nothing of them is, and its other runs have
 * ended. A program that has them in it can read its own memory, though, and tell one
 * bit of them by failing: by its grade, and by nothing else.
 */
#ifndef LOOSE_GRADING_HIDDEN_H
#define LOOSE_GRADING_HIDDEN_H

#include "exec/loop.h"
#include "rubric.h"

/* Of one exercise; `folder` is NULL where there are none. */
struct hidden {
	char *folder;	      /* as the instructor named it */
	char *pitfall;	      /* of the exercise */
	char **sources;	      /* "a.c", "a.h", NULL at the end */
	char **texts;	      /* of them */
	struct rubric rubric; /* without a file the tests share 40 points, and nothing is told of them */
	char digest[40];      /* of all that was read */
	char *place;	      /* where they are compiled, relative to the root; NULL: not yet */
};

/*
 * What `directory` has for the exercise below `root`. 0, also when there is nothing; -1 with one line in *error for the caller
 * to free: the exercise stands there twice, there is no test in it, something cannot be read, or the rubric is wrong.
 */
int hidden_load(struct hidden *hidden, const char *directory, const char *root, const char *pitfall, char **error);
/*
 * Whether `directory` may hold hidden tests of the workbook in `root`: not where a sandbox shows it, nor what a student kit has
 * in it. Else a line for the caller to free.
 */
char *hidden_problem(const char *directory, const char *root);
/* Compiles them for each flavour, in a place that leftovers_sweep() knows. 0, or -1 with one line in *error as above. */
int hidden_compile(struct hidden *hidden, struct loop *loop, char **error);
/* The object of a flavour, absolute, for the caller to free. */
char *hidden_object(const struct hidden *hidden, const char *root, const char *flavour);
/* Takes away what was compiled, too. */
void hidden_release(struct hidden *hidden, const char *root);

#endif

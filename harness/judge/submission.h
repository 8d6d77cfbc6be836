/*
 * A reader's own file of an exercise, as it is judged: by the exercise's tests and
 * every detector, held to what its header promises, whatever the file's own comment
 * says. Its budget stands in the exercise's solution, so that the file cannot change it.
 */
#ifndef LOOSE_SUBMISSION_H
#define LOOSE_SUBMISSION_H

#include "judging.h"

/*
 * The bounds of the budget that a submission is held to, for the caller to free: the solution's, or where there is none, as
 * in a kit for students, those in the exercise's file "budget".
 */
char *submission_bounds(const struct catalogue *catalogue, const char *pitfall);
/* What a right program of the pitfall's exercise declares, for the caller to release. */
void submission_declare(const struct catalogue *catalogue, const char *pitfall, struct declaration *declaration);

struct submission {
	struct program program;
	struct tasks
		tasks; /* what is quick, and the tests; then the rest: the order in which they are worth beginning */
};

/* Fills it for the file, by its path relative to the root, which must live as long as the submission. */
void submission_init(struct submission *submission, const struct catalogue *catalogue, const char *pitfall, char *path);
void submission_release(struct submission *submission);

#endif

/*
 * What the workbook holds: its pitfalls, and the programs of each with what
 * they declare. Reads the tree and judges nothing.
 */
#ifndef LOOSE_CATALOGUE_H
#define LOOSE_CATALOGUE_H

#include "verdict/declaration.h"

enum role { ROLE_BROKEN, ROLE_FIXED, ROLE_STARTER, ROLE_SOLUTION, ROLE_ALSO_RIGHT, ROLE_WRONG, ROLE_OTHER };

struct program {
	char *pitfall; /* "02-ownership/implicit-contract" */
	size_t place;  /* where its chapter's README first links the pitfall; those that it does not come last */
	char *name;    /* "broken", "starter", "wrong/detach", ... */
	char *path;    /* of its source, relative to the root */
	char *source;  /* its text, whole */
	enum role role;
	struct declaration declaration;
	bool submission; /* somebody's own file of an exercise: held to what its header promises, declares nothing itself */
	bool declared; /* false when the declaration is missing or bad; never for a chapter or an exercise that is judged */
};

struct catalogue {
	char *root; /* absolute path of the workbook */
	struct program *
		programs; /* by chapter, then as its README orders the pitfalls; within one in the order of enum role, then by name */
	size_t count;
	struct program *
		*submissions; /* what catalogue_submission() was asked for and the tree's programs do not have */
	size_t submission_count;
	char **pitfalls; /* their names, in that order; an exercise alone is one of them */
	size_t pitfall_count;
	char **problems; /* lines for the reader: what in the tree is wrong, and how to fix it */
	size_t problem_count;
};

/* Reads the tree below `root`. What is wrong in it becomes a problem; the rest can still be used. */
void catalogue_load(struct catalogue *catalogue, const char *root);
/* The few programs that tell whether a detector can be trusted here, instead of the book's. */
void catalogue_load_doctor(struct catalogue *catalogue, const char *root);
void catalogue_release(struct catalogue *catalogue);

/*
 * The pitfall that `part` means: its whole name, or any part of it that no
 * other pitfall's name has. NULL, and one line in *error that the caller owns,
 * when none or several match.
 */
const char *catalogue_pitfall(const struct catalogue *catalogue, const char *part, char **error);
/*
 * Whether it is an exercise alone, without a text and a pair of programs in its chapter: it asks for what the whole chapter
 * teaches, and there is nothing to predict.
 */
bool pitfall_is_alone(const char *root, const char *pitfall);
/* NULL when the pitfall has no such program. */
const struct program *catalogue_program(const struct catalogue *catalogue, const char *pitfall, const char *name);
/*
 * The program that a file beside an exercise's starter is, or one in the
 * reader's folder of the exercise, "work/02-x/y/line.c", whatever its name:
 * somebody's submission, which the catalogue does not have until it is asked
 * for here. The catalogue's, as long as it lives, and no pointer that it gave
 * before becomes another; NULL when `path`, relative to the root, is no such file.
 */
const struct program *catalogue_submission(struct catalogue *catalogue, const char *path);
/*
 * Most programs are one file. One of a chapter may have more: those in the
 * directory of its name, "broken/", and in "shared/" what its pair has in
 * common. The directories of a program's other files, for the caller to free:
 * its own, and the one that it shares.
 */
char *program_own_directory(const char *source);
char *program_shared_directory(const char *source);

/* True for programs with a Criterion test: starter, solution, also-right and wrong. */
bool program_has_test(const struct program *program);

#endif

/*
 * `grade --slurm`: the submissions are dealt out in slices, and each slice is a task of an
 * array of Slurm, which grades it into a folder of its own: OUT/slices/OF/NUMBER, on
 * whatever node it is started. The head, which is the command itself, waits for the tasks,
 * asks anew for those that a node has taken with it, and gathers what they have found.
 *
 * The workbook, the submissions and --out lie where all nodes see them under the same
 * path. What sbatch needs beside that (a partition, an account) is given by its own variables:
 * SBATCH_PARTITION and the like.
 */
#ifndef LOOSE_COMMANDS_SLURM_H
#define LOOSE_COMMANDS_SLURM_H

#include <stdbool.h>

#include "exec/loop.h"
#include "grading/state.h"

/* A slice, from 0, of so many: the submissions whose place among all leaves this rest. */
struct slice {
	long number, of;
};

/* "3/10", into a slice; false: it is none. */
bool slice_read(const char *text, struct slice *slice);
/* The folder of a slice, relative to --out, for the caller to free. */
char *slice_folder(const char *out, const struct slice *slice);
/* Tells the head that the slice is graded to its end. 0, or -1 with errno. */
int slice_finish(const char *out, const struct slice *slice);

struct cluster {
	struct loop *loop;
	const char *out;
	long slices;
	char *const *command; /* that grades; "--slice" and its value, which a task knows, are added. NULL at the end */
	bool share;	      /* a task has as many runs at a time as its cores allow; else the command says how many */
	struct state *state;  /* into which all is gathered */
	/* May be NULL: after each look at the slices, how many are done. */
	void (*looked)(void *context, long done, long all);
	void *context;
};

/* Grades all slices. 0, also when a signal ended it (loop->interrupted tells), or -1 with one line in *error for the caller to free. */
int cluster_grade(struct cluster *cluster, char **error);

#endif

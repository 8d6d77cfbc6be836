/*
 * Submissions of a class on their way to a record: what one judging judges, where it
 * lies meanwhile, and what is kept of it. The grader's own; see grader.h.
 */
#ifndef LOOSE_GRADING_BATCH_H
#define LOOSE_GRADING_BATCH_H

#include "exec/sandbox.h"
#include "grader.h"
#include "inspection.h"
#include "judge/submission.h"
#include "record.h"

/* So many are built by one make. In sandboxes each has a make of its own. */
enum { BATCH = 8 };

/* A submission of an exercise on its way to a record. */
struct entry {
	struct grader *grader;
	size_t exercise;
	const char *person;
	char *given;
	char *suspicious; /* of the gate; NULL: nothing */
	struct predicted predicted;
	char *place, *path; /* relative to the root: its folder and its file */
	struct submission submission;
	struct inspection inspection;
	size_t first, left; /* of its tasks in the batch; those that have no result yet */
	struct results results;
	struct results hidden; /* of an instructor's hidden tests; none: they were not begun */
};

/* What a judging in a sandbox needs; it lives until that has ended. */
struct walled {
	struct sandbox sandbox;
	struct outside outside;
	char *own, *directory; /* the only place that is written, relative to the root and absolute */
	char *paths[4];	       /* absolute: the submission's file; or what was compiled of it, and of hidden tests */
	const char *files[5];
	char *variables[5], *folders[4];
};

/* What one judging judges. */
struct batch {
	struct grading *grading;
	size_t number; /* of it among the batches */
	struct entry entries[BATCH];
	size_t count;
	struct tasks tasks;
	struct judging_options options;
	struct walled walled, walled_hidden;
	struct results shown;	 /* that the first judging has left, while hidden tests are judged */
	struct judging *judging; /* NULL: none is under way */
	long start_ms;		 /* of it */
	bool over;		 /* it has ended, and the batch is to be released */
};

struct grading {
	struct grader *grader;
	char *place; /* below which the submissions lie, relative to the root */
	struct batch *batches;
	size_t count, size;  /* of batches; of entries in each, at most */
	struct crew crew;    /* of all judgings */
	struct gate **gates; /* of each exercise; NULL until it is needed */
	long took_ms, took;  /* by the judgings that have ended, and their number */
	char *error;	     /* the first thing that could not be done */
	bool changed;	     /* a judging has ended */
};

/* Takes the line over; the first one is told. */
void grading_note_error(struct grading *grading, char *error);

/* Keeps what could not be taken, so that nothing ran. 0, or -1 with one line in *error for the caller to free. */
int entry_keep_taken(const struct grading *grading, const struct entry *entry, const struct taken *taken, char **error);

/* Takes over what `entry` owns, and writes its source. 0, or -1 with one line in *error for the caller to free. */
int batch_add(struct batch *batch, const struct entry *entry, const char *text, char **error);
/* Judges its entries, each kept as soon as the last of its results is there. */
void batch_start(struct batch *batch);
/* Ready for other entries. What it made is taken away: a grade is not to rest on it. */
void batch_release(struct batch *batch);
/* Takes away what was made without a sandbox, now or earlier: a grade is not to rest on it. */
void batch_sweep(const struct grader *grader);

#endif

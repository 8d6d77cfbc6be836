/*
 * What has been graded, in the results folder's state.db (SQLite): a row for each
 * submission of an exercise, written as soon as it is known and on the disk when
 * state_keep() returns. So a run that was cut off, by kill -9 even, goes on where it
 * stopped: nothing is graded twice, nothing is missed.
 *
 * A row holds all that the grade rests on (`given`: what was handed in, the rubric,
 * the toolchain). Where one of these is another now, it is graded anew.
 *
 * One process at a time has it open. Everything returns 0, or -1 with one line in
 * *error for the caller to free.
 */
#ifndef LOOSE_GRADING_STATE_H
#define LOOSE_GRADING_STATE_H

#include <stdbool.h>

struct sqlite3;

struct state {
	struct sqlite3 *database;
	char *path;
};

/* The path of a state that is gone once it is closed. */
#define STATE_IN_MEMORY ":memory:"

/* Opens the file, or makes it. Where it returns -1 nothing is open: another process has it, or a newer workbook wrote it. */
int state_open(struct state *state, const char *path, char **error);
/* Nothing for one that is all zeroes. */
void state_close(struct state *state);

/* Whether this submission of the exercise has been graded, and from the same. */
bool state_has(struct state *state, const char *exercise, const char *person, const char *given);
/* Keeps what was found: the record as JSON, and the page of feedback. Takes the place of an earlier row. */
int state_keep(struct state *state, const char *exercise, const char *person, const char *given, const char *record,
	       const char *feedback, char **error);
/* Takes over all rows of another one's file; its own of the same submissions are replaced. */
int state_take(struct state *state, const char *path, char **error);
/* Both for the caller to free; false when there is no such row. */
bool state_recall(struct state *state, const char *exercise, const char *person, char **record, char **feedback);

#endif

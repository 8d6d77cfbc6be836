/*
 * One `check`: what is judged, how it is made, and what is said of it. For check.c,
 * which is the command.
 *
 *     known = check_in_workbook()        NULL: a program from elsewhere
 *     check_plan_...()                   fills program, tasks and outside
 *     check_tell()                       once all is judged
 *     check_release()
 *
 * What returns an int returns 0, or the exit status after one line on standard error.
 */
#ifndef LOOSE_COMMANDS_CHECK_H
#define LOOSE_COMMANDS_CHECK_H

#include "command.h"
#include "exec/sandbox.h"
#include "gated.h"
#include "sources.h"

/* check.c fills in what the options say, the functions below the rest. */
struct check {
	struct workbook workbook;
	struct reader reader;
	struct program program;
	bool declares; /* the program's declaration is ours to release */
	struct sources sources;
	char *const *arguments;
	const char *bounds;		/* of --budget; may be NULL */
	const char *json;		/* the file's name; NULL: none */
	long timeout, idle, stop_after; /* in seconds; 0 of the last: nobody stops it */
	char *input;
	struct output json_file;
	struct tasks tasks;
	struct results results;
	struct outside outside;
	char *variables[5]; /* for make */
	bool sandboxed;
	struct sandbox sandbox;
	struct gated gated; /* an exercise's file, in a sandbox */
	char *directory;    /* of what is made, absolute; NULL until made */
};

/* --- what is judged, in check_plan.c --- */

/* The program of the workbook that the one source is, or a submission beside an exercise; NULL: neither. */
const struct program *check_in_workbook(struct check *check);
void check_plan_in_workbook(struct check *check, const struct program *program);
/* Makes check->directory, in which it is compiled. */
int check_plan_elsewhere(struct check *check);
bool check_is_from_elsewhere(const struct check *check);
/* Whether there is a sandbox here; says on standard error which limits are in force. */
int check_find_sandbox(const struct check *check);
/* After check_plan_in_workbook(): the exercise's file goes through the gate, and is made where a sandbox may write. */
int check_plan_exercise_in_sandbox(struct check *check, const struct program *known);
/* After one of the others: compiles what the program is linked with, outside of the sandbox. */
int check_plan_sandbox(struct check *check);
/* Takes away what was made; not the workbook, the reader, the sources and the file for JSON, which are the command's. */
void check_release(struct check *check);

/* --- what is said, in check_tell.c --- */

/* All that was seen, as text and as JSON. The exit status that it calls for. */
int check_tell(struct check *check);
/* That the grader of a kit for students has other tools, where it has. */
void check_tell_graders_tools(const struct check *check);
/* Of the reader's own file of an exercise, not of what others hand in: notes that it was judged, and says what comes next. */
void check_note_attempt(struct check *check, int status);

#endif

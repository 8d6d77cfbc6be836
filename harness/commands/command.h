/*
 * One file per command. A command gets its own arguments (argv[0] is its name)
 * and returns the exit status of the whole; main.c alone exits.
 */
#ifndef LOOSE_COMMAND_H
#define LOOSE_COMMAND_H

#include <stdbool.h>

#include "judge/judging.h"
#include "judge/workbook.h"
#include "names.h"
#include "options.h"
#include "report/report.h"

enum exit_status {
	STATUS_AGREES = 0,
	STATUS_DISAGREES = 1,
	STATUS_BAD_INPUT = 2,
	STATUS_CANNOT_JUDGE = 3,
	STATUS_INTERRUPTED = 130,
};

extern const struct command_entry command_list, command_show, command_diff, command_run, command_verify, command_check,
	command_doctor, command_text, command_test, command_alert, command_completion, command_man, command_version,
	command_grade, command_student_kit, command_predict, command_hint, command_solution, command_reset,
	command_merge, command_next, command_previous, command_progress, command_watch, command_debug;

/* --- what several commands need --- */

/*
 * Prints "loose: " and the line on stderr, control characters in it written as in C; returns STATUS_BAD_INPUT or
 * STATUS_CANNOT_JUDGE.
 */
int bad_input(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cannot_judge(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with build_targets()'s error: a compiler's lines stand above the one that names what was to be built. */
int cannot_build(const char *what, const char *error);
/* names_find() with the line on stderr: 0, or STATUS_BAD_INPUT. */
int find_named(const struct catalogue *catalogue, const char *word, bool chapters, struct named *named);
/* STATUS_AGREES, with the workbook for workbook_close(); else the exit status after one line on stderr. */
int open_workbook(struct workbook *workbook, const char *root);
/*
 * STATUS_AGREES when these detectors (NULL-terminated) can be trusted here; else
 * says on stderr which cannot, and why, and returns the exit status.
 */
int ensure_trust(struct workbook *workbook, const struct detector *const *which, const struct judging_options *options);
/* The exit status that the results call for; says on stderr when they could not be kept. */
int status_of(const struct results *results);
/* Prints through the reader's pager when standard output is a terminal. Ends with 0. */
int page(const char *text);

/* Shows on standard error how far a judging is. */
struct follow {
	struct progress progress;
	const struct tasks *tasks;
	bool verdicts; /* on a terminal, a line for each as it comes */
	bool declared; /* the progress line says whether all were as declared */
	bool late;     /* the late runs have begun: their verdicts are second ones */
};

extern const struct judging_events follow_events; /* their context is a struct follow */
void follow_start(struct follow *follow, const struct tasks *tasks);
void follow_end(struct follow *follow);

/* A file that is either written whole or not touched; or standard output, which is called "-". */
struct output {
	char *path, *temporary; /* the same for a device and for standard output */
	FILE *file;
};

/* Opens for writing; at the start of a long command, so that a bad path is told at once. 0, or a status after a line. */
int output_open(struct output *output, const char *path);
/* Puts the file in its place; if anything was not written, takes it away. 0, or a status after a line on stderr. */
int output_close(struct output *output);
/* True for "-" and what else is standard output: what is for the reader then goes to standard error. */
bool output_is_standard(const char *path);
/* Takes it away; nothing when it was never opened. */
void output_discard(struct output *output);

#endif

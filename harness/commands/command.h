/*
 * One file per command. A command gets its own arguments (argv[0] is its name)
 * and returns the exit status of the whole; main.c alone exits.
 */
#ifndef LOOSE_COMMAND_H
#define LOOSE_COMMAND_H

#include <stdbool.h>

#include "judge/judging.h"
#include "judge/workbook.h"
#include "report/report.h"

enum exit_status {
	STATUS_AGREES = 0,
	STATUS_DISAGREES = 1,
	STATUS_BAD_INPUT = 2,
	STATUS_CANNOT_JUDGE = 3,
	STATUS_INTERRUPTED = 130,
};

struct command_entry {
	const char *name;
	const char *arguments; /* for the usage line */
	const char *summary;   /* one line */
	const char *help;      /* what the page says below the summary */
	int (*run)(const char *root, int argc, char **argv);
};

extern const struct command_entry command_list, command_show, command_diff, command_run, command_verify, command_check,
	command_doctor, command_text, command_test, command_alert;
/* All of them in the order of the help page; NULL-terminated. */
extern const struct command_entry *const commands[];

/* --- options --- */

struct option_spec {
	const char *name; /* without its dashes; NULL ends the list */
	enum { OPTION_FLAG, OPTION_NUMBER, OPTION_TEXT, OPTION_MAYBE_TEXT } kind;
	void *value; /* bool *; long * (0 to 1000000); const char **, with MAYBE "" for --name without =value */
};

/*
 * Moves the operands to the front of argv + 1 and returns how many there are;
 * those behind a "--" are operands too, and *separate (may be NULL) tells how
 * many of the operands stand before it. -1 after one line on stderr.
 */
int options_parse(int argc, char **argv, const struct option_spec *specs, int *separate);

/* --- what several commands need --- */

/* Prints "loose: " and the line on stderr; returns STATUS_BAD_INPUT or STATUS_CANNOT_JUDGE. */
int bad_input(const char *format, ...) __attribute__((format(printf, 1, 2)));
int cannot_judge(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The detector of that name; NULL after one line on stderr. */
const struct detector *find_detector(const char *name);
/* The pitfall that `part` means; NULL after one line on stderr. */
const char *find_pitfall(const struct catalogue *catalogue, const char *part);
/* STATUS_AGREES, with the workbook for workbook_close(); else the exit status after one line on stderr. */
int open_workbook(struct workbook *workbook, const char *root);
/*
 * STATUS_AGREES when these detectors (NULL-terminated) can be trusted here; else
 * says on stderr which cannot, and why, and returns the exit status.
 */
int ensure_trust(struct workbook *workbook, const struct detector *const *which, const struct judging_options *options);
/* The exit status that the results call for. */
int status_of(const struct results *results);
/* Prints through the reader's pager when standard output is a terminal. Ends with 0. */
int page(const char *text);

/* Shows on standard error how far a judging is. */
struct watch {
	struct progress progress;
	const struct tasks *tasks;
	bool verdicts; /* on a terminal, a line for each as it comes */
};

extern const struct judging_events watch_events; /* their context is a struct watch */
void watch_start(struct watch *watch, const struct tasks *tasks);
void watch_end(struct watch *watch);

/* A file that is either written whole or not touched. */
struct output {
	char *path, *temporary; /* the same for a device */
	FILE *file;
};

/* Opens for writing; at the start of a long command, so that a bad path is told at once. 0, or a status after a line. */
int output_open(struct output *output, const char *path);
/* Puts the file in its place; if anything was not written, takes it away. 0, or a status after a line on stderr. */
int output_close(struct output *output);
/* Takes it away; nothing when it was never opened. */
void output_discard(struct output *output);

#endif

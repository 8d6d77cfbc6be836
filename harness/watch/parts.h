/* What the loop (watching.c), what it shows (showing.c, panels.c) and its keys (actions.c) share. */
#ifndef LOOSE_WATCH_PARTS_H
#define LOOSE_WATCH_PARTS_H

#include "judge/submission.h"
#include "page.h"
#include "saves.h"
#include "terminal.h"
#include "watching.h"

/* What lies over the verdicts. */
enum panel { PANEL_NONE, PANEL_FURTHER, PANEL_HINTS, PANEL_OUTPUT, PANEL_LIST, PANEL_DIFF, PANEL_SOLUTION, PANEL_HELP };

/* What a yes or no is about. */
enum question { ASKED_NOTHING, ASKED_RESET };

struct watching {
	struct workbook *workbook;
	struct reader *reader;
	struct terminal terminal;
	struct view view;
	char *file; /* the reader's, relative to the root */
	struct submission submission;
	bool submitted; /* the submission is there */
	struct saves *saves;
	struct judging *judging; /* NULL: nothing is judged */
	bool again;		 /* what is judged is of no interest any more: judge anew when it has ended */
	const char *next;	 /* the pitfall to go to when it has ended; NULL: none */
	struct results kept;	 /* of the last judging that came to its end */
	bool leaving, over;
	enum watching_end end;
	char *error, *note;
	enum panel panel;
	enum question question;
	bool searching; /* keys are letters of what is looked for */
	char *search;
	size_t chosen;
	size_t top; /* the first line that is shown */
};

/* --- showing.c --- */

/* Shows again what is to be seen; nothing in the plain mode. */
void watching_show(struct watching *watching);
/* Prints the text in the plain mode, wrapped; nothing on a screen. */
void watching_say(struct watching *watching, const char *text);
/* The same of what a function of page.h prints. */
void watching_say_page(struct watching *watching, void (*print)(FILE *out, const struct view *view));
/* A line that stays until the next key; takes it over. */
void watching_note(struct watching *watching, char *note);

/* --- watching.c --- */

/* Judges what the file has now; what is under way is ended first. */
void watching_judge(struct watching *watching);
/* Goes to the exercise once nothing is under way. */
void watching_go_to(struct watching *watching, const char *pitfall);
/* Ends once nothing is under way. */
void watching_leave(struct watching *watching, enum watching_end end);
/* The catalogue's starter of the exercise in hand. */
const struct program *watching_starter(const struct watching *watching);

/* --- actions.c --- */

/* Does what the key, or the line of the plain mode, stands for; says so where it is none. */
void actions_key(struct watching *watching, int key);
void actions_line(struct watching *watching, const char *line);
/* The last row: a question, or the keys that matter most in so many columns. For the caller to free. */
char *actions_footer(const struct watching *watching, size_t columns);

/* --- panels.c --- */

/* Opens it, or closes it when it is open. */
void panel_open(struct watching *watching, enum panel panel);
void panel_close(struct watching *watching);
/* Prints the one that is open. */
void panel_print(FILE *out, struct watching *watching);

#endif

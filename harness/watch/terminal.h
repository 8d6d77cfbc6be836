/*
 * The terminal: as the loop needs it, and back as it was. Keys arrive one by one
 * and what there is to see is painted whole, or, in the plain mode, lines arrive
 * and lines are printed. While the terminal is open Ctrl-Z, a change of the
 * window's size and a crash are dealt with here; Ctrl-C and the like are the
 * loop's, and it is for who runs it to close the terminal then.
 *
 * One process has one terminal. Illegal: to paint in the plain mode, or while it
 * is lent.
 */
#ifndef LOOSE_WATCH_TERMINAL_H
#define LOOSE_WATCH_TERMINAL_H

#include <termios.h>

#include "exec/loop.h"
#include "lines.h"
#include "report/report.h"

/* Keys that are not characters; others are their code point. */
enum key {
	KEY_FIRST = 0x110000,
	KEY_ENTER = KEY_FIRST,
	KEY_ESCAPE,
	KEY_BACKSPACE,
	KEY_UP,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_PASTED, /* the reader has pasted something, which is not passed on */
};

struct terminal_events {
	void (*key)(void *context, int key);
	void (*line)(void *context, const char *line); /* plain; without its end */
	void (*closed)(void *context);		       /* plain: there will be no further line */
	void (*redraw)(void *context);		       /* what was painted is gone, or the window has another size */
};

struct terminal {
	struct loop *loop;
	const struct terminal_events *events;
	void *context;
	bool plain;
	struct style style;
	int rows, columns;
	int input; /* a descriptor of its own, so that who shares standard input is not affected */
	bool polls, reads_file;
	uv_poll_t poll;
	uv_idle_t idle; /* reads a file, of which nobody can wait for more */
	uv_signal_t resized, stopped, continued, children;
	struct text_line {
		char *bytes;
		size_t length;
	} line;		  /* plain: what has come of one */
	char pending[16]; /* of a sequence that is not whole */
	size_t pending_length;
	bool pasting;
	bool ended;  /* no more input will come */
	int closing; /* handles that the loop still has */
	/* A child that has the terminal. */
	int borrower; /* its process; 0: none */
	void (*returned)(void *context, int status);
};

/* Whether there is nothing to paint on: no terminal at both ends, or one that can only print lines. */
bool terminal_is_dumb(void);
/* Begins. The loop and the context must live until it is closed. 0, or -1 with errno: nothing was changed. */
int terminal_open(struct terminal *terminal, struct loop *loop, bool plain, const struct terminal_events *events,
		  void *context);
/* Everything as it was. Runs the loop for a moment; no event comes from the terminal any more. */
void terminal_close(struct terminal *terminal);

/* Only the terminal, at once, from anywhere: for who ends the process without another word. */
void terminal_restore(void);

/* A screen: some of the lines, from the one of number `top` on, and `last` in the last row. */
void terminal_paint(struct terminal *terminal, const struct lines *lines, size_t top, const char *last);
/* Rows for lines, above the last one. */
int terminal_room(const struct terminal *terminal);

/*
 * Starts a program that has the terminal until it ends, in its first state. Told
 * when it is over: its exit status, 128 + signal, or 127 when it did not start.
 * The loop goes on meanwhile; keys are the program's. False with errno when nothing
 * was started.
 */
bool terminal_lend(struct terminal *terminal, char *const *argv, void (*returned)(void *context, int status));

#endif

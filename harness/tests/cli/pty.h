/*
 * A terminal for tests: a shell with job control behind a pseudo terminal, and what
 * would stand on the screen. Tests type, and wait for what is to be seen; there is no
 * other way to know how far a program is.
 */
#ifndef LOOSE_TEST_PTY_H
#define LOOSE_TEST_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "scratch.h"

enum { MOST_ROWS = 60, MOST_COLUMNS = 160 };

struct pty {
	int master;
	pid_t shell;
	int rows, columns;
	int row, column;
	bool wrapping;			     /* the last column is written: the next character goes below */
	bool alternate;			     /* a program has a screen of its own */
	char cells[MOST_ROWS][MOST_COLUMNS]; /* ASCII; '#' for any other character */
	struct look {
		unsigned code;	   /* the character */
		unsigned char ink; /* the last number of the sequence that set its colour; 0: none */
		bool strong;
	} looks[MOST_ROWS][MOST_COLUMNS];
	struct look pen;   /* how what comes looks */
	struct look *open; /* a character that is not whole yet */
	char sequence[64]; /* an escape sequence that is not whole */
	size_t sequence_length;
	bool coloured; /* a colour was set since pty_forget_colours() */
};

/* Starts the shell in the scratch workbook, with "NAME=value " of the environment, and awaits its prompt. */
void pty_start(struct pty *pty, const struct scratch *scratch, const char *environment, int rows, int columns);
/* Ends the shell and what it has started. */
void pty_end(struct pty *pty);

void pty_type(struct pty *pty, const char *keys);
void pty_resize(struct pty *pty, int rows, int columns);
/* Waits until the text stands on the screen, in one row, or not any more; fails the test with the screen when it takes too long. */
void pty_await(struct pty *pty, const char *text);
void pty_await_gone(struct pty *pty, const char *text);
bool pty_shows(const struct pty *pty, const char *text);
/* The screen as an SVG picture, as far as there is something on it. */
void pty_draw(const struct pty *pty, const char *path, const char *title);
/* Whether the terminal is as a shell's command finds it: whole lines, with echo. */
bool pty_is_cooked(const struct pty *pty);
/* The process in the foreground. */
pid_t pty_foreground(const struct pty *pty);

#endif

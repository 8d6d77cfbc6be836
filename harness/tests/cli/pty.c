/* forkpty() is not POSIX. */
#define _DEFAULT_SOURCE
#include "pty.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* For what a right program does in seconds; only a wrong one takes all of it. */
enum { PATIENCE_MS = 240000 };

/* --- the screen --- */

static void clear_row(struct pty *pty, int row, int from)
{
	for (int column = from; column < MOST_COLUMNS; column++) {
		pty->cells[row][column] = column < pty->columns ? ' ' : '\0';
		pty->looks[row][column] = (struct look){.code = ' '};
	}
}

static void clear(struct pty *pty)
{
	for (int row = 0; row < MOST_ROWS; row++)
		clear_row(pty, row, 0);
	pty->row = pty->column = 0;
	pty->wrapping = false;
}

static void line_feed(struct pty *pty)
{
	pty->wrapping = false;
	if (pty->row + 1 < pty->rows) {
		pty->row++;
		return;
	}
	memmove(pty->cells[0], pty->cells[1], sizeof pty->cells[0] * (size_t)(pty->rows - 1));
	memmove(pty->looks[0], pty->looks[1], sizeof pty->looks[0] * (size_t)(pty->rows - 1));
	clear_row(pty, pty->rows - 1, 0);
}

static void put(struct pty *pty, char character, unsigned code)
{
	if (pty->wrapping) {
		pty->column = 0;
		line_feed(pty);
	}
	pty->cells[pty->row][pty->column] = character;
	pty->open = &pty->looks[pty->row][pty->column];
	*pty->open = pty->pen;
	pty->open->code = code;
	if (pty->column + 1 < pty->columns)
		pty->column++;
	else
		pty->wrapping = true;
}

/* "0", "1", "2", "32" or "1;31". */
static void set_pen(struct pty *pty, int first, int second)
{
	if (first == 0)
		pty->pen = (struct look){0};
	pty->pen.strong = pty->pen.strong || first == 1;
	if (second || first > 1)
		pty->pen.ink = (unsigned char)(second ? second : first);
}

/* A whole sequence that begins with ESC [. */
static void control(struct pty *pty, const char *sequence)
{
	char last = sequence[strlen(sequence) - 1];
	int first = atoi(sequence + 2), second = 1;
	const char *semicolon = strchr(sequence, ';');

	if (semicolon)
		second = atoi(semicolon + 1);
	if (last == 'H') {
		pty->row = first > 0 ? first - 1 : 0;
		pty->column = second > 0 ? second - 1 : 0;
		pty->wrapping = false;
	} else if (last == 'K') {
		clear_row(pty, pty->row, first == 2 ? 0 : pty->column);
	} else if (last == 'J' && first == 2) {
		clear(pty);
	} else if (last == 'm') {
		pty->coloured = pty->coloured || first != 0;
		set_pen(pty, first, semicolon ? second : 0);
	} else if (strcmp(sequence, "\033[?1049h") == 0 || strcmp(sequence, "\033[?1049l") == 0) {
		pty->alternate = last == 'h';
		clear(pty);
	}
}

static bool is_whole(const char *sequence, size_t length)
{
	if (length < 2)
		return false;
	if (sequence[1] == '[')
		return length > 2 && (unsigned char)sequence[length - 1] >= 0x40;
	return sequence[1] != '(' || length > 2;
}

static void take(struct pty *pty, char byte)
{
	if (pty->sequence_length || byte == '\033') {
		pty->sequence[pty->sequence_length++] = byte;
		pty->sequence[pty->sequence_length] = '\0';
		if (!is_whole(pty->sequence, pty->sequence_length) && pty->sequence_length < sizeof pty->sequence - 1)
			return;
		if (pty->sequence[1] == '[')
			control(pty, pty->sequence);
		pty->sequence_length = 0;
	} else if (byte == '\n') {
		line_feed(pty);
	} else if (byte == '\r') {
		pty->column = 0;
		pty->wrapping = false;
	} else if (byte == '\b') {
		pty->column -= pty->column > 0;
	} else if ((unsigned char)byte >= 0xc0) {
		put(pty, '#', (unsigned char)byte & ((unsigned char)byte >= 0xe0 ? 0x0f : 0x1f));
	} else if ((unsigned char)byte >= 0x80 && pty->open) {
		pty->open->code = pty->open->code << 6 | ((unsigned char)byte & 0x3f);
	} else if ((unsigned char)byte >= 0x20 && (unsigned char)byte < 0x7f) {
		put(pty, byte, (unsigned char)byte);
	}
}

static void dump(const struct pty *pty)
{
	for (int row = 0; row < pty->rows; row++)
		fprintf(stderr, "|%.*s|\n", pty->columns, pty->cells[row]);
}

bool pty_shows(const struct pty *pty, const char *text)
{
	for (int row = 0; row < pty->rows; row++) {
		char line[MOST_COLUMNS + 1];
		memcpy(line, pty->cells[row], (size_t)pty->columns);
		line[pty->columns] = '\0';
		if (strstr(line, text))
			return true;
	}
	return false;
}

/* --- waiting --- */

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

static void await(struct pty *pty, const char *text, bool shown)
{
	long end = now_ms() + PATIENCE_MS;

	while (pty_shows(pty, text) != shown) {
		struct pollfd ready = {.fd = pty->master, .events = POLLIN};
		char bytes[4096];
		long left = end - now_ms();
		ssize_t got = left > 0 && poll(&ready, 1, (int)left) > 0 ? read(pty->master, bytes, sizeof bytes) : 0;
		if (got <= 0)
			dump(pty);
		cr_assert_gt(got, 0, "'%s' %s", text, shown ? "does not come" : "does not go away");
		for (ssize_t i = 0; i < got; i++)
			take(pty, bytes[i]);
	}
}

void pty_await(struct pty *pty, const char *text)
{
	await(pty, text, true);
}

void pty_await_gone(struct pty *pty, const char *text)
{
	await(pty, text, false);
}

/* --- the shell --- */

void pty_type(struct pty *pty, const char *keys)
{
	size_t length = strlen(keys);

	cr_assert_eq(write(pty->master, keys, length), (ssize_t)length);
}

void pty_resize(struct pty *pty, int rows, int columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

	pty->rows = rows;
	pty->columns = columns;
	clear(pty);
	cr_assert_eq(ioctl(pty->master, TIOCSWINSZ, &size), 0);
}

/* A plain shell: one that edits lines would put the terminal right itself. */
static void become_shell(const struct scratch *scratch, const char *environment)
{
	char command[4096];

	snprintf(
		command, sizeof command,
		"cd '%s' && exec env -u COLUMNS -u LINES -u NO_COLOR -u ENV -u VISUAL -u EDITOR PS1='ready: ' TERM=xterm "
		"LC_ALL=C.UTF-8 PATH='%s' LOOSE_ROOT='%s' %s sh -i",
		scratch->root, scratch->path, scratch->root, environment);
	execlp("sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

void pty_start(struct pty *pty, const struct scratch *scratch, const char *environment, int rows, int columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};

	memset(pty, 0, sizeof *pty);
	pty->rows = rows;
	pty->columns = columns;
	clear(pty);
	pty->shell = forkpty(&pty->master, NULL, NULL, &size);
	cr_assert_geq(pty->shell, 0);
	if (pty->shell == 0)
		become_shell(scratch, environment);
	pty_await(pty, "ready: ");
}

void pty_end(struct pty *pty)
{
	/* Its jobs get SIGHUP with the terminal. */
	close(pty->master);
	kill(pty->shell, SIGHUP);
	waitpid(pty->shell, NULL, 0);
}

bool pty_is_cooked(const struct pty *pty)
{
	struct termios now;

	cr_assert_eq(tcgetattr(pty->master, &now), 0);
	return (now.c_lflag & ICANON) && (now.c_lflag & ECHO);
}

pid_t pty_foreground(const struct pty *pty)
{
	return tcgetpgrp(pty->master);
}

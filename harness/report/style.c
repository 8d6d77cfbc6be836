/*
 * What a stream can show, and text that fits it.
 *
 * TIOCGWINSZ and struct winsize are not POSIX; this is the only file of the
 * harness that asks for them.
 */
#define _DEFAULT_SOURCE
#include "parts.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH = 80, WIDTH_LEAST = 40, WIDTH_MOST = 1000 };

static int width_of(int terminal)
{
	const char *columns = getenv("COLUMNS");
	long width = columns ? strtol(columns, NULL, 10) : 0;
	struct winsize size;

	if (width <= 0 && ioctl(terminal, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width <= 0)
		return WIDTH;
	return width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : (int)width;
}

/* Asks for the reader's own locale: the harness may still be in "C". */
static bool utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

	if (!locale)
		return false;
	bool yes = strcasecmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return yes;
}

struct style style_of(FILE *stream)
{
	struct style style = {.width = WIDTH, .utf8 = utf8()};
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	int descriptor = fileno(stream);

	if (descriptor < 0 || !isatty(descriptor))
		return style;
	style.width = width_of(descriptor);
	style.terminal = term && *term && strcmp(term, "dumb") != 0;
	style.colour = style.terminal && !(no_colour && *no_colour);
	return style;
}

const char *ink(struct style style, enum ink which)
{
	static const char *const codes[] = {
		[INK_OFF] = "\033[0m",	 [INK_STRONG] = "\033[1m", [INK_FAINT] = "\033[2m",
		[INK_GOOD] = "\033[32m", [INK_WARN] = "\033[33m",  [INK_BAD] = "\033[1;31m",
	};

	return style.colour ? codes[which] : "";
}

/* A byte that continues a character of UTF-8. */
static bool continues(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

static bool is_control(char byte)
{
	return (unsigned char)byte < 0x20 || byte == 0x7f;
}

int columns_of(const char *text)
{
	int columns = 0;

	for (; *text; text++)
		columns += !continues(*text);
	return columns;
}

static void put(FILE *out, char byte)
{
	putc(is_control(byte) ? (byte == '\t' ? ' ' : '?') : byte, out);
}

void print_cut(FILE *out, struct style style, const char *text, int columns)
{
	const char *ellipsis = style.utf8 ? "…" : "...";
	bool cut = columns_of(text) > columns;
	int room = cut ? columns - columns_of(ellipsis) : columns;

	for (; *text && (room > 0 || continues(*text)); text++) {
		put(out, *text);
		room -= !continues(text[1]);
	}
	if (cut)
		fputs(ellipsis, out);
}

void print_wrapped(FILE *out, struct style style, int indent, const char *text)
{
	int column = 0;

	for (text += strspn(text, " \t\n"); *text; text += strspn(text, " \t\n")) {
		int length = (int)strcspn(text, " \t\n"), columns = 0;

		for (int i = 0; i < length; i++)
			columns += !continues(text[i]);
		if (column && column + 1 + columns > style.width) {
			putc('\n', out);
			column = 0;
		}
		if (column)
			putc(' ', out);
		else
			fprintf(out, "%*s", indent, "");
		column = (column ? column + 1 : indent) + columns;
		for (int i = 0; i < length; i++)
			put(out, text[i]);
		text += length;
	}
	putc('\n', out);
}

void print_lines(FILE *out, int indent, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (length)
			fprintf(out, "%*s", indent, "");
		for (size_t i = 0; i < length; i++)
			if (text[i] == '\t')
				putc('\t', out);
			else
				put(out, text[i]);
		putc('\n', out);
		text += length + (text[length] == '\n');
	}
}

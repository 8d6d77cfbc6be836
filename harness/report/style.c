/*
 * What a stream can show, and text that fits it.
 *
 * TIOCGWINSZ and struct winsize are not POSIX; this is the only file of the
 * harness that asks for them.
 */
#define _GNU_SOURCE /* these, and wcwidth() */
#include "parts.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

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

/*
 * Text is UTF-8 whatever the reader's locale is, and how wide a character is the
 * C library tells only in a locale that has it. To be given back by uselocale().
 */
static locale_t speak_utf8(void)
{
	static locale_t utf8_locale;

	if (!utf8_locale)
		utf8_locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return uselocale(utf8_locale);
}

/*
 * The number of bytes of the first character, and its columns: two of most
 * characters of East Asia, none of an accent that joins the one before. -1 for
 * what must not reach a terminal: control characters, and what is not UTF-8 at all.
 */
static size_t character(const char *text, int *columns)
{
	mbstate_t state = {0};
	wchar_t wide;
	size_t length = mbrtowc(&wide, text, strnlen(text, 8), &state);

	if (length == 0 || length > 8) {
		*columns = (unsigned char)*text < 0x80 ? -1 : 1;
		return 1;
	}
	*columns = wcwidth(wide);
	/* One that is younger than this C library's tables. */
	if (*columns < 0 && wide >= 0xa0)
		*columns = 1;
	return length;
}

static int columns_of_some(const char *text, size_t length)
{
	locale_t before = speak_utf8();
	int all = 0, columns;

	for (size_t i = 0; i < length; all += columns < 0 ? 1 : columns)
		i += character(text + i, &columns);
	uselocale(before);
	return all;
}

int columns_of(const char *text)
{
	return columns_of_some(text, strlen(text));
}

/* Prints the first characters of the text, as many as fit in the columns; returns how many bytes those were. */
static size_t put_some(FILE *out, const char *text, size_t length, int room)
{
	locale_t before = speak_utf8();
	size_t done = 0;

	while (done < length) {
		int columns;
		size_t bytes = character(text + done, &columns);
		room -= columns < 0 ? 1 : columns;
		if (room < 0)
			break;
		if (columns < 0)
			putc(text[done] == '\t' ? ' ' : '?', out);
		else
			fwrite(text + done, 1, bytes, out);
		done += bytes;
	}
	uselocale(before);
	return done;
}

void report_cut(FILE *out, struct style style, const char *text, int columns)
{
	const char *ellipsis = style.utf8 ? "…" : "...";
	bool cut = columns_of(text) > columns;

	put_some(out, text, strlen(text), cut ? columns - columns_of(ellipsis) : columns);
	if (cut)
		fputs(ellipsis, out);
}

void print_wrapped(FILE *out, struct style style, int indent, const char *text)
{
	int column = 0;

	for (text += strspn(text, " \t\n"); *text; text += strspn(text, " \t\n")) {
		size_t length = strcspn(text, " \t\n");
		int columns = columns_of_some(text, length);

		if (column && column + 1 + columns > style.width) {
			putc('\n', out);
			column = 0;
		}
		if (column)
			putc(' ', out);
		else
			fprintf(out, "%*s", indent, "");
		column = (column ? column + 1 : indent) + columns;
		put_some(out, text, length, columns);
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
		/* A tab stays one here. */
		for (size_t i = 0; i < length;) {
			size_t bytes = strcspn(text + i, "\t\n");
			put_some(out, text + i, bytes, (int)length * 2);
			i += bytes;
			if (i < length && text[i++] == '\t')
				putc('\t', out);
		}
		putc('\n', out);
		text += length + (text[length] == '\n');
	}
}

/* wcwidth() is XSI. */
#include "lines.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "base/mem.h"
#include "base/text.h"

enum { TAB = 4 };

/* What stands next in a text. */
struct piece {
	size_t length; /* bytes; 0 at the end */
	int columns;
	bool plain; /* to be printed as it is; else a '?' */
};

/* "\033[1;31m": its length, or 0 when there is none. */
static size_t colour_length(const char *text)
{
	size_t length = 2;

	if (text[0] != '\033' || text[1] != '[')
		return 0;
	length += strspn(text + length, "0123456789;");
	return text[length] == 'm' ? length + 1 : 0;
}

/* Bytes of the UTF-8 character that begins here, which this locale cannot show. */
static size_t foreign_length(const char *text)
{
	size_t length = 1;

	while (((unsigned char)text[length] & 0xc0) == 0x80)
		length++;
	return length;
}

static struct piece next_piece(const char *text)
{
	size_t colour = colour_length(text);
	mbstate_t state = {0};
	wchar_t character;

	if (!*text)
		return (struct piece){0};
	if (colour)
		return (struct piece){colour, 0, true};
	if ((unsigned char)*text < 0x80)
		return (struct piece){1, 1, isprint((unsigned char)*text)};
	size_t length = mbrtowc(&character, text, strlen(text), &state);
	int columns = length > 0 && length < (size_t)-2 ? wcwidth(character) : -1;
	if (columns < 0)
		return (struct piece){foreign_length(text), 1, false};
	return (struct piece){length, columns, true};
}

int lines_columns(const char *text)
{
	int columns = 0;

	for (struct piece piece; (piece = next_piece(text)).length; text += piece.length)
		columns += piece.plain ? piece.columns : 0;
	return columns;
}

/* A line on its way. */
struct writer {
	struct lines *lines;
	struct text text;
	FILE *out;
	int width, indent, column;
};

static void end_line(struct writer *writer)
{
	struct lines *lines = writer->lines;

	lines->items = mem_resize(lines->items, lines->count + 1, sizeof *lines->items);
	lines->items[lines->count++] = text_close(&writer->text);
	writer->out = text_open(&writer->text);
	writer->column = 0;
}

static void go_on_below(struct writer *writer)
{
	end_line(writer);
	fprintf(writer->out, "%*s", writer->indent, "");
	writer->column = writer->indent;
}

static void put(struct writer *writer, const char *text, struct piece piece)
{
	if (writer->column + piece.columns > writer->width && piece.columns)
		go_on_below(writer);
	if (piece.plain)
		fwrite(text, 1, piece.length, writer->out);
	else
		putc('?', writer->out);
	writer->column += piece.columns;
}

/* Blanks, and the word after them, up to the end of the line. */
static const char *put_word(struct writer *writer, const char *text, const char *end)
{
	size_t blanks = strspn(text, " ");
	const char *word = text + blanks, *after = word;
	int columns = 0;

	for (struct piece piece; after < end && *after != ' '; after += piece.length) {
		piece = next_piece(after);
		columns += piece.columns;
	}
	if (writer->column + (int)blanks + columns > writer->width && writer->column > writer->indent)
		go_on_below(writer);
	else
		for (size_t i = 0; i < blanks && writer->column < writer->width; i++, writer->column++)
			putc(' ', writer->out);
	while (word < after) {
		struct piece piece = next_piece(word);
		put(writer, word, piece);
		word += piece.length;
	}
	return after;
}

/* Where the words after "  - " and the like begin. */
static int indent_of(const char *line, int width)
{
	size_t indent = strspn(line, " ");

	if (strchr("-*>", line[indent]) && line[indent] && line[indent + 1] == ' ')
		indent += 2;
	return (int)indent < width / 2 ? (int)indent : 0;
}

static void add_line(struct writer *writer, const char *line, const char *end)
{
	writer->indent = 0;
	const char *at = line, *start = line + strspn(line, " ");
	/* The blanks that it begins with are not a place to break. */
	for (; at < start && writer->column < writer->width; at++, writer->column++)
		putc(' ', writer->out);
	writer->indent = indent_of(line, writer->width);
	while (at < end)
		at = put_word(writer, at, end);
	end_line(writer);
}

/* The line with its tabs as blanks, for the caller to free. */
static char *expanded(const char *line, size_t length)
{
	struct text text;
	FILE *out = text_open(&text);
	int column = 0;

	for (const char *at = line; at < line + length;) {
		struct piece piece = next_piece(at);
		if (*at == '\t') {
			do
				putc(' ', out);
			while (++column % TAB);
			at++;
			continue;
		}
		fwrite(at, 1, piece.length, out);
		column += piece.columns;
		at += piece.length;
	}
	return text_close(&text);
}

void lines_add(struct lines *lines, const char *text, int width)
{
	struct writer writer = {.lines = lines, .width = width < 1 ? 1 : width};

	writer.out = text_open(&writer.text);
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *line = expanded(text, length);
		add_line(&writer, line, line + strlen(line));
		free(line);
		text += length + (text[length] == '\n');
	}
	free(text_close(&writer.text));
}

void lines_release(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->items[i]);
	free(lines->items);
	*lines = (struct lines){0};
}

void lines_print_clean(FILE *out, const char *text)
{
	for (; *text; text++)
		putc(*text == '\n' || *text == '\t' || ((unsigned char)*text >= 0x20 && *text != 0x7f) ? *text : '?',
		     out);
}

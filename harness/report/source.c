/* Excerpts of the sources that findings point to. */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"

enum { BEFORE = 2, AFTER = 1, TAB = 4 };

/* The start of the nth line (from 1); NULL when there are fewer. */
static const char *line_start(const char *text, int line)
{
	for (; line > 1; line--) {
		text = strchr(text, '\n');
		if (!text)
			return NULL;
		text++;
	}
	return *text ? text : NULL;
}

/* The line without its end, tabs turned to blanks, for the caller to free. */
static char *expanded(const char *line)
{
	size_t length = strcspn(line, "\r\n"), to = 0, column = 0;
	char *text = mem_zeroed(length * TAB + 1, 1);

	for (size_t i = 0; i < length; i++) {
		if (line[i] != '\t') {
			text[to++] = line[i];
			continue;
		}
		column = (size_t)columns_of(text);
		do
			text[to++] = ' ';
		while (++column % TAB);
	}
	return text;
}

/* How much of the line is statement: without a comment at its end, and blanks before that. */
static size_t statement_length(const char *line)
{
	size_t end = 0;
	char quote = 0;

	for (size_t i = 0; line[i]; i++) {
		if (!quote && line[i] == '/' && line[i + 1] == '/')
			break;
		if (!quote && line[i] == '/' && line[i + 1] == '*') {
			const char *close = strstr(line + i + 2, "*/");
			if (!close)
				break;
			i = (size_t)(close + 1 - line);
			continue;
		}
		if (quote && line[i] == '\\' && line[i + 1])
			i++;
		else if (line[i] == quote)
			quote = 0;
		else if (!quote && (line[i] == '"' || line[i] == '\''))
			quote = line[i];
		if (line[i] != ' ')
			end = i + 1;
	}
	return end;
}

char *source_line(const char *file, int line)
{
	char *text = line > 0 ? file_read(file) : NULL;
	const char *start = text ? line_start(text, line) : NULL;
	char *copy = start ? mem_copy_n(start, strcspn(start, "\n")) : NULL;

	free(text);
	return copy;
}

static void print_caret(FILE *out, struct style style, int gutter, const char *line)
{
	size_t start = strspn(line, " "), end = statement_length(line);
	int room = style.width - gutter - 3 - (int)start;

	if (end <= start)
		return;
	char *statement = mem_copy_n(line + start, end - start);
	int columns = columns_of(statement);
	free(statement);
	if (columns > room)
		columns = room;
	if (columns < 1)
		return;
	fprintf(out, "%*s | %*s%s^", gutter, "", (int)start, "", ink(style, INK_GOOD));
	for (int i = 1; i < columns; i++)
		putc('~', out);
	fprintf(out, "%s\n", ink(style, INK_OFF));
}

void print_excerpt(FILE *out, struct style style, int indent, const char *file, int line)
{
	char *text = file && line > 0 ? file_read(file) : NULL;
	int first = line > BEFORE ? line - BEFORE : 1, digits = 1;

	if (!text)
		return;
	for (int n = line + AFTER; n >= 10; n /= 10)
		digits++;
	int gutter = indent + 2 + digits;
	for (int at = first; line_start(text, line) && at <= line + AFTER; at++) {
		const char *start = line_start(text, at);
		if (!start)
			break;
		char *shown = expanded(start);
		fprintf(out, "%*s%s %*d |", indent, "", at == line ? ">" : " ", digits, at);
		if (*shown)
			putc(' ', out);
		report_cut(out, style, shown, style.width - gutter - 3);
		putc('\n', out);
		if (at == line)
			print_caret(out, style, gutter, shown);
		free(shown);
	}
	free(text);
}

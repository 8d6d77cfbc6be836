#include "prose.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/* "exercises/a/../../solutions/x.c" as "solutions/x.c", in place. */
static void resolve(char *path)
{
	for (char *up; (up = strstr(path, "/../"));) {
		char *parent = up;
		while (parent > path && parent[-1] != '/')
			parent--;
		memmove(parent, up + 4, strlen(up + 4) + 1);
	}
}

/* The file that a link leads to, by its path from the root, for the caller to free; NULL: not to a file. */
static char *goal_of(const char *path, const char *link, size_t length)
{
	const char *slash = strrchr(path, '/');

	if (length == 0 || *link == '#' || memchr(link, ':', length))
		return NULL;
	char *goal = mem_format("%.*s/%.*s", slash ? (int)(slash - path) : 0, path, (int)length, link);
	resolve(goal);
	goal[strcspn(goal, "#")] = '\0';
	return goal;
}

/* Prints "[words](link)" at `text`. How many bytes that took; 0: it is none. */
static size_t print_link(FILE *out, const char *path, const char *text, size_t length)
{
	const char *end = text + length, *close = memchr(text, ']', length);

	if (!close || close + 1 >= end || close[1] != '(')
		return 0;
	const char *link = close + 2, *after = memchr(link, ')', (size_t)(end - link));
	if (!after)
		return 0;
	char *goal = goal_of(path, link, (size_t)(after - link));
	fprintf(out, "%.*s", (int)(close - text - 1), text + 1);
	if (goal)
		fprintf(out, " (%s)", goal);
	free(goal);
	return (size_t)(after + 1 - text);
}

/* A paragraph's words: without the marks of emphasis, code and links, each of which may go over several lines. */
static void print_words(FILE *out, const char *path, const char *line)
{
	size_t length = strlen(line);
	bool code = false;

	for (size_t i = 0; i < length; i++) {
		size_t link = line[i] == '[' && !code ? print_link(out, path, line + i, length - i) : 0;
		if (link) {
			i += link - 1;
			continue;
		}
		code = code != (line[i] == '`');
		/* An asterisk between blanks is one. */
		bool mark = line[i] == '*' && !code &&
			    (i + 1 < length && line[i + 1] != ' ' ? true : i > 0 && line[i - 1] != ' ');
		if (line[i] != '`' && !mark)
			putc(line[i], out);
	}
}

static bool starts_item(const char *line)
{
	line += strspn(line, " ");
	return (line[0] == '-' && line[1] == ' ') || (line[0] >= '0' && line[0] <= '9' && line[1] == '.');
}

static bool is_code(const char *line)
{
	return strncmp(line, "    ", 4) == 0 && !starts_item(line);
}

/* Prints the paragraph that was gathered, if there is one. */
static void end_paragraph(FILE *out, const char *path, char **paragraph)
{
	if (!*paragraph)
		return;
	print_words(out, path, *paragraph);
	putc('\n', out);
	free(*paragraph);
	*paragraph = NULL;
}

static void add_line(char **paragraph, const char *line, size_t length)
{
	size_t skipped = *paragraph ? strspn(line, " ") : *line == '#' ? strspn(line, "# ") : 0;
	char *longer = mem_format("%s%s%.*s", *paragraph ? *paragraph : "", *paragraph ? " " : "",
				  (int)(length - skipped), line + skipped);

	free(*paragraph);
	*paragraph = longer;
}

char *prose_of(const char *path, const char *text)
{
	char *paragraph = NULL; /* its lines so far */
	bool fenced = false;
	struct text all;
	FILE *out = text_open(&all);

	while (*text) {
		size_t length = strcspn(text, "\n");
		bool fence = strncmp(text, "```", 3) == 0, mark = strncmp(text, "<!--", 4) == 0;
		if (mark && !fenced && strstr(text, "-->"))
			length = (size_t)(strstr(text, "-->") - text) + strcspn(strstr(text, "-->"), "\n");
		bool as_it_is = !fence && (fenced || (is_code(text) && !paragraph));
		if (length == 0 || fence || *text == '#' || starts_item(text) || as_it_is)
			end_paragraph(out, path, &paragraph);
		if (as_it_is)
			fprintf(out, "%s%.*s\n", fenced ? "    " : "", (int)length, text);
		else if (length == 0)
			putc('\n', out);
		else if (!fence && !mark)
			add_line(&paragraph, text, length);
		fenced = fenced != fence;
		text += length + (text[length] == '\n');
	}
	end_paragraph(out, path, &paragraph);
	return text_close(&all);
}

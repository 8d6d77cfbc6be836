#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static const char mark_end[] = "<!-- end -->";

static bool is_mark(const char *line, size_t length)
{
	while (length && (line[length - 1] == ' ' || line[length - 1] == '\r'))
		length--;
	return length >= 8 && strncmp(line, "<!-- ", 5) == 0 && strncmp(line + length - 3, "-->", 3) == 0;
}

static bool is_end(const char *line, size_t length)
{
	return length >= strlen(mark_end) && strncmp(line, mark_end, strlen(mark_end)) == 0;
}

/* False when the mark has more words than anybody needs. */
static bool mark_parse(struct mark *mark, const char *line, size_t length)
{
	char *rest = NULL;

	*mark = (struct mark){.text = mem_copy_n(line + 5, length - 5)};
	*strstr(mark->text, "-->") = '\0';
	for (char *word = strtok_r(mark->text, " \t", &rest); word; word = strtok_r(NULL, " \t", &rest)) {
		if (mark->count == sizeof mark->words / sizeof *mark->words)
			return false;
		mark->words[mark->count++] = word;
	}
	return mark->count > 0;
}

static bool fill_mark(struct filling *filling, const char *line, size_t length)
{
	struct mark mark;
	bool good = mark_parse(&mark, line, length);
	passage_fill *fill = good ? passage_named(mark.words[0]) : NULL;

	if (fill)
		good = fill(filling, &mark);
	else
		good = filling_fail(
			filling,
			mem_format("unknown mark '%s'; the marks are excerpt, says, run, verify, diff, commands, "
				   "table, picture and end",
				   mark.count ? mark.words[0] : ""));
	free(mark.text);
	return good;
}

/* Past what stands between a mark and its end, in lines; NULL when the end is missing. */
static const char *passage_end(const char *text, int *lines)
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		if (is_end(text, length))
			return text;
		if (is_mark(text, length))
			return NULL;
		text += length + (text[length] == '\n');
		++*lines;
	}
	return NULL;
}

/* Marks in a code block of the text's own are shown, not filled. */
static bool fill_all(struct filling *filling, const char *text)
{
	bool fenced = false;

	for (filling->line = 1; *text; filling->line++) {
		size_t length = strcspn(text, "\n"), whole = length + (text[length] == '\n');
		const char *next = text + whole;

		fenced = fenced != (strncmp(text, "```", 3) == 0);
		fwrite(text, 1, whole, filling->out);
		if (!fenced && is_mark(text, length)) {
			int lines = 0;
			if (is_end(text, length))
				return filling_fail(
					filling, mem_copy("this ends nothing; put a mark before it, or take it away"));
			if (!passage_end(next, &lines))
				return filling_fail(filling,
						    mem_format("this mark is not ended; put %s after it", mark_end));
			if (!fill_mark(filling, text, length))
				return false;
			lines = 0;
			next = passage_end(next, &lines);
			filling->line += lines;
			length = strcspn(next, "\n");
			whole = length + (next[length] == '\n');
			fwrite(next, 1, whole, filling->out);
			filling->line++;
			next += whole;
		}
		text = next;
	}
	return true;
}

/* "02-x/y" for a path such as chapters/02-x/y/README.md; NULL when it lies elsewhere. */
static char *pitfall_of(const char *path)
{
	const char *chapter = strchr(path, '/'), *name = chapter ? strchr(chapter + 1, '/') : NULL;
	const char *end = name ? strchr(name + 1, '/') : NULL;

	return end ? mem_copy_n(chapter + 1, (size_t)(end - chapter - 1)) : NULL;
}

bool docs_has_picture(const char *text, const char *kind)
{
	char *mark = mem_format("<!-- picture %s -->", kind);
	size_t length = strlen(mark);
	bool found = false, fenced = false;

	for (; *text && !found; text += strcspn(text, "\n"), text += *text == '\n') {
		fenced = fenced != (strncmp(text, "```", 3) == 0);
		found = !fenced && strncmp(text, mark, length) == 0;
	}
	free(mark);
	return found;
}

char *docs_fill(const struct catalogue *catalogue, const struct results *results, const struct docs_pictures *pictures,
		const char *path, const char *text, char **error)
{
	const char *slash = strrchr(path, '/');
	struct filling filling = {
		.catalogue = catalogue, .results = results, .pictures = pictures, .path = path, .error = error};
	struct text text_filled;

	*error = NULL;
	filling.directory = slash ? mem_copy_n(path, (size_t)(slash - path)) : mem_copy("");
	filling.pitfall = pitfall_of(path);
	filling.out = text_open(&text_filled);
	bool good = fill_all(&filling, text);
	char *filled = text_close(&text_filled);
	free(filling.directory);
	free(filling.pitfall);
	if (good)
		return filled;
	free(filled);
	return NULL;
}

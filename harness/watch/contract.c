#include "contract.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "verdict/detector.h"

static bool is_word(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_';
}

/* Where the header declares the function: the line; NULL when it does not. */
static const char *declared_at(const char *header, const char *name, size_t length)
{
	for (const char *at = header; (at = strstr(at, name)); at++) {
		bool whole = strncmp(at, name, length) == 0 && at[length] == '(' && (at == header || !is_word(at[-1]));
		const char *line = at;
		while (line > header && line[-1] != '\n')
			line--;
		/* A declaration begins its line; in a comment stands a star, and within another something else. */
		if (whole && isalpha((unsigned char)*line) && strcspn(line, ";") > (size_t)(at - line))
			return line;
	}
	return NULL;
}

/* The comment that ends right above the line: its first byte after the opening; *length without the end. NULL: none. */
static const char *comment_above(const char *header, const char *line, size_t *length)
{
	const char *end = line;

	while (end > header && isspace((unsigned char)end[-1]))
		end--;
	if (end - header < 4 || end[-1] != '/' || end[-2] != '*')
		return NULL;
	const char *start = end -= 2;
	while (start > header && strncmp(start, "/*", 2) != 0)
		start--;
	*length = (size_t)(end - start) - 2;
	return start + 2;
}

/* A comment's paragraphs as lines: without stars; an item of a list begins one. */
static void print_comment(FILE *out, const char *comment, size_t length)
{
	const char *end = comment + length;
	bool open = false;

	while (comment < end) {
		const char *line = comment, *stop = memchr(comment, '\n', (size_t)(end - comment));
		comment = stop ? stop + 1 : end;
		stop = stop ? stop : end;
		line += strspn(line, " \t");
		line += *line == '*';
		size_t blanks = strspn(line, " \t");
		line += blanks;
		while (stop > line && isspace((unsigned char)stop[-1]))
			stop--;
		bool item = *line == '-' && stop > line, empty = stop <= line;
		if (open && (item || empty)) {
			putc('\n', out);
			open = false;
		}
		if (empty)
			continue;
		fprintf(out, "%s%.*s", open ? " " : item ? "    " : "  ", (int)(stop - line), line);
		open = true;
	}
	if (open)
		putc('\n', out);
}

struct found {
	const char *header;
	const char *line; /* of a declaration; NULL: none yet */
	const char *name;
	size_t length;
};

static void try_name(struct found *found, const char *name, size_t length)
{
	char *copy;

	if (found->line || length == 0)
		return;
	copy = mem_copy_n(name, length);
	found->line = declared_at(found->header, copy, length);
	found->name = name;
	found->length = length;
	free(copy);
}

static void try_stacks(struct found *found, const struct stack *stacks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < stacks[i].count; j++)
			try_name(found, stacks[i].frames[j].function, strlen(stacks[i].frames[j].function));
}

/* Each "name()" of the words. */
static void try_words(struct found *found, const char *words)
{
	for (const char *at = words ? words : ""; (at = strchr(at, '(')); at++) {
		const char *start = at;
		while (start > words && is_word(start[-1]))
			start--;
		try_name(found, start, (size_t)(at - start));
	}
}

static void find_function(struct found *found, const struct result *result)
{
	const struct observation *seen = &result->seen;

	try_words(found, seen->said);
	for (size_t i = 0; i < seen->findings.count; i++)
		try_stacks(found, seen->findings.items[i].stacks, seen->findings.items[i].stack_count);
	try_stacks(found, seen->standing, seen->standing_count);
}

/* The exercise's header, relative to the root, for the caller to free; NULL: none. */
static char *header_of(const struct catalogue *catalogue, const char *pitfall)
{
	char *directory = mem_format("exercises/%s", pitfall), **files = files_in(catalogue->root, directory, "h");
	char *path = *files ? mem_copy(*files) : NULL;

	files_free(files);
	free(directory);
	return path;
}

void contract_print(FILE *out, const struct catalogue *catalogue, const struct result *result)
{
	const char *pitfall = result->program->pitfall;
	const struct program *starter = catalogue_program(catalogue, pitfall, "starter");
	const char *promise = starter ? starter->declaration.promise : NULL;
	char *path = header_of(catalogue, pitfall), *full = mem_format("%s/%s", catalogue->root, path ? path : "");
	char *header = path ? file_read(full) : NULL;
	struct found found = {.header = header};
	size_t length;

	if (promise)
		fprintf(out, "The contract that this breaks: %s\n", promise);
	if (header)
		find_function(&found, result);
	const char *comment = found.line ? comment_above(header, found.line, &length) : NULL;
	if (comment) {
		fprintf(out, "%s says of %.*s():\n", path, (int)found.length, found.name);
		print_comment(out, comment, length);
	}
	free(header);
	free(full);
	free(path);
}

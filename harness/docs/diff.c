/* Lines that differ, by their longest common subsequence: sources are short, so the plain table will do. */
#include "docs.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

enum { CONTEXT = 3 };

struct line {
	const char *text;
	size_t length;
};

struct lines {
	struct line *items;
	size_t count;
};

/* One line of the result: ' ', '-' or '+', and the place it has on both sides. */
struct edit {
	char sign;
	struct line line;
	size_t before, after; /* lines that precede it */
};

struct script {
	struct edit *items;
	size_t count;
};

static struct lines split(const char *text)
{
	struct lines lines = {0};

	while (*text) {
		size_t length = strcspn(text, "\n");
		lines.items = mem_resize(lines.items, lines.count + 1, sizeof *lines.items);
		lines.items[lines.count++] = (struct line){text, length};
		text += length + (text[length] == '\n');
	}
	return lines;
}

static bool same(const struct line *a, const struct line *b)
{
	return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
}

/* The common length of what follows line i of `a` and line j of `b`, at [i * (b->count + 1) + j]. */
static unsigned *common_lengths(const struct lines *a, const struct lines *b)
{
	size_t width = b->count + 1;
	unsigned *common = mem_zeroed((a->count + 1) * width, sizeof *common);

	for (size_t i = a->count; i-- > 0;)
		for (size_t j = b->count; j-- > 0;) {
			unsigned skip_a = common[(i + 1) * width + j], skip_b = common[i * width + j + 1];
			if (same(&a->items[i], &b->items[j]))
				common[i * width + j] = common[(i + 1) * width + j + 1] + 1;
			else
				common[i * width + j] = skip_a > skip_b ? skip_a : skip_b;
		}
	return common;
}

static void add(struct script *script, char sign, const struct line *line)
{
	script->items = mem_resize(script->items, script->count + 1, sizeof *script->items);
	script->items[script->count++] = (struct edit){.sign = sign, .line = *line};
}

/* What goes stands before what comes, in every run of changes. */
static struct script script_of(const struct lines *a, const struct lines *b)
{
	struct script script = {0};
	unsigned *common = common_lengths(a, b);
	size_t width = b->count + 1, i = 0, j = 0;

	while (i < a->count || j < b->count) {
		size_t come = j;
		if (i < a->count && j < b->count && same(&a->items[i], &b->items[j])) {
			add(&script, ' ', &a->items[i]);
			i++, j++;
			continue;
		}
		while ((i < a->count || j < b->count) &&
		       !(i < a->count && j < b->count && same(&a->items[i], &b->items[j]))) {
			if (j == b->count || (i < a->count && common[(i + 1) * width + j] >= common[i * width + j + 1]))
				add(&script, '-', &a->items[i++]);
			else
				j++;
		}
		while (come < j)
			add(&script, '+', &b->items[come++]);
	}
	free(common);
	return script;
}

/* The run of edits with one sign that begins at `start` ends before this. */
static size_t run_end(const struct script *script, size_t start)
{
	size_t end = start;

	while (end < script->count && script->items[end].sign == script->items[start].sign)
		end++;
	return end;
}

/*
 * A run that only comes or only goes may stand at several places, since the
 * lines at its ends are alike. Moves it up to where it follows an empty line:
 * a function is then shown whole, not from its middle to the next one's.
 */
static void slide_up(struct script *script, size_t start, size_t end)
{
	struct edit *items = script->items;
	size_t moved = 0, most = 0;

	if (start && items[start - 1].line.length == 0)
		return;
	while (moved < start && items[start - 1 - moved].sign == ' ' &&
	       same(&items[start - 1 - moved].line, &items[end - 1 - moved].line)) {
		moved++;
		if (start == moved ||
		    (items[start - 1 - moved].sign == ' ' && items[start - 1 - moved].line.length == 0))
			most = moved;
		if (moved == end - start)
			break;
	}
	for (size_t i = 0; i < most; i++) {
		char sign = items[start].sign;
		items[start - 1 - i].sign = sign;
		items[end - 1 - i].sign = ' ';
	}
}

static void tidy(struct script *script)
{
	size_t before = 0, after = 0;

	for (size_t start = 0, end; start < script->count; start = end) {
		end = run_end(script, start);
		bool alone = (start == 0 || script->items[start - 1].sign == ' ') &&
			     (end == script->count || script->items[end].sign == ' ');
		if (script->items[start].sign != ' ' && alone)
			slide_up(script, start, end);
	}
	for (size_t i = 0; i < script->count; i++) {
		script->items[i].before = before;
		script->items[i].after = after;
		before += script->items[i].sign != '+';
		after += script->items[i].sign != '-';
	}
}

/* The function that a hunk is in when its own lines do not show it; length 0 when they do. */
static struct line function_above(const struct script *script, size_t hunk, size_t change)
{
	for (size_t i = change; i-- > 0;) {
		const struct line *line = &script->items[i].line;
		bool outermost = line->length && (isalpha((unsigned char)*line->text) || *line->text == '_');
		bool label = outermost && line->text[line->length - 1] == ':';
		if (script->items[i].sign == '+' || !outermost || label || memchr(line->text, ';', line->length))
			continue;
		return i < hunk ? *line : (struct line){"", 0};
	}
	return (struct line){"", 0};
}

static void print_range(FILE *out, char sign, size_t first, size_t count)
{
	fprintf(out, "%c%zu", sign, count ? first + 1 : first);
	if (count != 1)
		fprintf(out, ",%zu", count);
}

/* Prints the hunk that the change begins; where the next one may begin. */
static size_t print_hunk(FILE *out, const struct script *script, size_t change)
{
	size_t start = change > CONTEXT ? change - CONTEXT : 0, last = change, before = 0, after = 0;

	for (size_t i = change; i < script->count && i <= last + 2 * CONTEXT + 1; i++)
		if (script->items[i].sign != ' ')
			last = i;
	size_t end = last + 1 + CONTEXT < script->count ? last + 1 + CONTEXT : script->count;
	for (size_t i = start; i < end; i++) {
		before += script->items[i].sign != '+';
		after += script->items[i].sign != '-';
	}
	struct line function = function_above(script, start, change);
	fputs("@@ ", out);
	print_range(out, '-', script->items[start].before, before);
	putc(' ', out);
	print_range(out, '+', script->items[start].after, after);
	fprintf(out, " @@%s%.*s\n", function.length ? " " : "", (int)function.length, function.text);
	for (size_t i = start; i < end; i++)
		fprintf(out, "%c%.*s\n", script->items[i].sign, (int)script->items[i].line.length,
			script->items[i].line.text);
	return end;
}

char *docs_diff(const char *before, const char *after)
{
	struct lines a = split(before), b = split(after);
	struct script script = script_of(&a, &b);
	struct text text;
	FILE *out = text_open(&text);

	tidy(&script);
	for (size_t i = 0; i < script.count;)
		i = script.items[i].sign == ' ' ? i + 1 : print_hunk(out, &script, i);
	free(script.items);
	free(a.items);
	free(b.items);
	return text_close(&text);
}

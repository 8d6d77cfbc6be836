#include "made.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

static int line_of(const char *source, size_t at)
{
	int line = 1;

	for (size_t i = 0; i < at; i++)
		line += source[i] == '\n';
	return line;
}

/* The line around the byte, without the blanks around it. */
static char *line_text(const char *source, size_t at)
{
	size_t start = at, end = at + strcspn(source + at, "\n");

	while (start && source[start - 1] != '\n')
		start--;
	while (isspace((unsigned char)source[start]) && start < end)
		start++;
	while (end > start && isspace((unsigned char)source[end - 1]))
		end--;
	return mem_copy_n(source + start, end - start);
}

static char *changed(const char *source, const struct edit *edits, size_t count)
{
	struct text text;
	FILE *out = text_open(&text);
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		fwrite(source + at, 1, edits[i].start - at, out);
		fputs(edits[i].text, out);
		at = edits[i].end;
	}
	fputs(source + at, out);
	return text_close(&text);
}

static unsigned count_like(const struct mutants *all, const struct mutant *mutant)
{
	unsigned count = 0;

	for (size_t i = 0; i < all->count; i++)
		count += strcmp(all->items[i].change, mutant->change) == 0 &&
			 strcmp(all->items[i].function, mutant->function) == 0 &&
			 strcmp(all->items[i].line_text, mutant->line_text) == 0;
	return count;
}

void made(struct maker *maker, size_t anchor, const struct edit *edits, size_t count)
{
	const struct tokens *tokens = maker->tokens;
	const struct function *function = tokens_function(tokens, anchor);
	size_t at = tokens->items[anchor].start;
	struct mutant mutant = {.change = maker->change,
				.function = mem_copy(function ? function->name : "-"),
				.line_text = line_text(tokens->source, at),
				.line = line_of(tokens->source, at),
				.source = changed(tokens->source, edits, count)};

	mutant.nth = count_like(maker->all, &mutant) + 1;
	maker->all->items = mem_resize(maker->all->items, maker->all->count + 1, sizeof mutant);
	maker->all->items[maker->all->count++] = mutant;
}

void made_in_place(struct maker *maker, size_t first, size_t last, const char *text)
{
	struct edit edit = {maker->tokens->items[first].start, maker->tokens->items[last].end, text};

	made(maker, first, &edit, 1);
}

bool made_is_call(const struct tokens *tokens, size_t at, const char *const *names)
{
	return token_is(tokens, at + 1, "(") && token_is_one(tokens, at, names);
}

bool made_calls(const struct tokens *tokens, size_t first, size_t last, const char *const *names)
{
	for (size_t i = first; i <= last; i++)
		if (made_is_call(tokens, i, names))
			return true;
	return false;
}

const struct statement *made_step(const struct tokens *tokens, size_t name)
{
	static const char *const around[] = {"CHECK", "REQUIRE", NULL};
	const struct statement *statement = tokens_statement(tokens, name);
	size_t close = tokens->items[name + 1].partner;

	if (!statement || !statement->simple || close == NO_TOKEN)
		return NULL;
	if (statement->first == name && statement->last == close + 1)
		return statement;
	bool checked = token_is_one(tokens, statement->first, around) && statement->first + 2 == name &&
		       statement->last == close + 2;
	return checked ? statement : NULL;
}

void made_without_calls(struct maker *maker, const char *const *names)
{
	for (size_t i = 0; i < maker->tokens->count; i++) {
		const struct statement *step =
			made_is_call(maker->tokens, i, names) ? made_step(maker->tokens, i) : NULL;
		if (step)
			made_in_place(maker, step->first, step->last, ";");
	}
}

void mutants_release(struct mutants *all)
{
	for (size_t i = 0; i < all->count; i++) {
		free(all->items[i].function);
		free(all->items[i].line_text);
		free(all->items[i].source);
	}
	free(all->items);
	*all = (struct mutants){0};
}

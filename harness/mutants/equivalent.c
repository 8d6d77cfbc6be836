#include "equivalent.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char between[] = " | ";

/* Takes the text before the next mark; NULL when there is none. *at is then what follows it. */
static char *take(const char **at, const char *end)
{
	const char *mark = strstr(*at, between);

	if (!mark || mark >= end)
		return NULL;
	char *part = mem_copy_n(*at, (size_t)(mark - *at));
	*at = mark + strlen(between);
	return part;
}

/* The last mark of the line: what stands before it may have one in its C. */
static const char *last_mark(const char *at, const char *end)
{
	const char *last = NULL;

	for (const char *mark = at; (mark = strstr(mark, between)) && mark < end; mark++)
		last = mark;
	return last;
}

static void free_one(struct equivalent *one)
{
	free(one->program);
	free(one->change);
	free(one->function);
	free(one->line_text);
	free(one->reason);
}

/* Takes "#2" off the operator. */
static void read_nth(struct equivalent *one)
{
	char *mark = strchr(one->change, '#');

	one->nth = 1;
	if (mark) {
		one->nth = (unsigned)strtoul(mark + 1, NULL, 10);
		*mark = '\0';
	}
}

static bool is_operator(const char *name)
{
	for (size_t i = 0; mutant_operator(i); i++)
		if (strcmp(mutant_operator(i), name) == 0)
			return true;
	return false;
}

/* NULL, or what is wrong with the line. */
static const char *read_line(struct equivalent *one, const char *at, const char *end)
{
	one->program = take(&at, end);
	one->change = one->program ? take(&at, end) : NULL;
	one->function = one->change ? take(&at, end) : NULL;
	const char *mark = one->function ? last_mark(at, end) : NULL;
	if (!mark || mark + strlen(between) >= end)
		return "is not 'program | operator | function | line | reason'";
	one->line_text = mem_copy_n(at, (size_t)(mark - at));
	one->reason = mem_copy_n(mark + strlen(between), (size_t)(end - mark) - strlen(between));
	read_nth(one);
	return is_operator(one->change) && one->nth ? NULL
						    : "names no operator; harness/mutants/operators.c lists them";
}

char *equivalents_read(struct equivalents *all, const char *path, const char *text)
{
	const char *problem = NULL;
	int line = 1;

	*all = (struct equivalents){0};
	for (; *text && !problem; line++) {
		const char *end = text + strcspn(text, "\n");
		if (end > text && *text != '#') {
			struct equivalent one = {.line = line};
			problem = read_line(&one, text, end);
			all->items = mem_resize(all->items, all->count + 1, sizeof one);
			all->items[all->count++] = one;
		}
		text = *end ? end + 1 : end;
	}
	if (!problem)
		return NULL;
	equivalents_release(all);
	return mem_format("%s:%d: this line %s", path, line - 1, problem);
}

struct equivalent *equivalents_find(const struct equivalents *all, const char *program, const struct mutant *mutant)
{
	for (size_t i = 0; i < all->count; i++) {
		struct equivalent *one = &all->items[i];
		if (strcmp(one->program, program) == 0 && strcmp(one->change, mutant->change) == 0 &&
		    one->nth == mutant->nth && strcmp(one->function, mutant->function) == 0 &&
		    strcmp(one->line_text, mutant->line_text) == 0)
			return one;
	}
	return NULL;
}

void equivalents_release(struct equivalents *all)
{
	for (size_t i = 0; i < all->count; i++)
		free_one(&all->items[i]);
	free(all->items);
	*all = (struct equivalents){0};
}

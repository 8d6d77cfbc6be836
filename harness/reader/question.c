#include "question.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/budget.h"
#include "verdict/detector.h"

/* The only detector that fires; NULL when none or several do. */
static const struct expectation *only_one(const struct declaration *declaration)
{
	const struct expectation *only = NULL;

	for (size_t i = 0; i < declaration->count; i++) {
		if (declaration->items[i].word != WORD_FIRES)
			continue;
		if (only)
			return NULL;
		only = &declaration->items[i];
	}
	return only;
}

static bool has_option(const struct question *question, const char *option)
{
	for (size_t i = 0; i < question->count; i++)
		if (strcmp(question->options[i], option) == 0)
			return true;
	return false;
}

/* Whether the declaration names it: then it is not a wrong answer, even if it is not the one that is offered. */
static bool is_declared(const struct expectation *seen, bool kinds, const char *option)
{
	for (size_t i = 0; i < seen->place_count; i++)
		if (strcmp(kinds ? seen->places[i].kind : seen->places[i].function, option) == 0)
			return true;
	return false;
}

static void offer(struct question *question, const struct expectation *seen, bool kinds, const char *option)
{
	if (question->count < QUESTION_OPTIONS && !has_option(question, option) && !is_declared(seen, kinds, option))
		question->options[question->count++] = mem_copy(option);
}

/* The program's own bounds that hold first: they are what a reader weighs against the broken one. */
static void offer_bounds(struct question *question, const struct expectation *seen)
{
	struct budget budget = {0};
	char *error = NULL;

	if (seen->bounds && budget_parse(&budget, seen->bounds, &error))
		for (size_t i = 0; i < budget.count; i++)
			offer(question, seen, true, budget.bounds[i].kind);
	free(error);
	budget_release(&budget);
}

/* Then what the same detector reports of others, from the next pitfall on and round. */
static void offer_others(struct question *question, const struct catalogue *catalogue, const struct program *broken,
			 const struct expectation *seen)
{
	size_t start = (size_t)(broken - catalogue->programs);

	for (size_t i = 1; i < catalogue->count; i++) {
		const struct program *other = &catalogue->programs[(start + i) % catalogue->count];
		const struct expectation *one = declaration_of(&other->declaration, seen->detector);
		for (size_t j = 0; other->role == ROLE_BROKEN && one && j < one->place_count; j++)
			offer(question, seen, true, one->places[j].kind);
	}
}

/* The name of a function that is defined on this line, whose body begins on the next; for the caller to free, or NULL. */
static char *defined_on(const char *line)
{
	size_t length = strcspn(line, "\n"), open = strcspn(line, "(\n"), start;

	if (!(isalpha((unsigned char)*line) || *line == '_') || line[open] != '(' || line[length] != '\n' ||
	    line[length + 1] != '{')
		return NULL;
	for (start = open; start && (isalnum((unsigned char)line[start - 1]) || line[start - 1] == '_');)
		start--;
	return start < open ? mem_copy_n(line + start, open - start) : NULL;
}

static void offer_functions(struct question *question, const struct program *broken, const struct expectation *seen)
{
	for (const char *line = broken->source; line && *line; line += *line == '\n') {
		char *name = defined_on(line);
		if (name)
			offer(question, seen, false, name);
		free(name);
		line += strcspn(line, "\n");
	}
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* By the alphabet, so that the place of the right one tells nothing. */
static void sort_options(struct question *question, const char *right)
{
	qsort(question->options, question->count, sizeof *question->options, by_text);
	for (size_t i = 0; i < question->count; i++)
		if (strcmp(question->options[i], right) == 0)
			question->right = i;
}

/* Its bounds are known to the reader: a figure is worth asking for where one of them holds. */
static bool offer_figures(struct question *question, const struct catalogue *catalogue, const struct program *broken,
			  const struct expectation *seen)
{
	if (!seen->detector->bounded)
		return false;
	question->options[question->count++] = mem_copy(seen->places[0].kind);
	offer_bounds(question, seen);
	if (question->count < 2) {
		question_release(question);
		return false;
	}
	offer_others(question, catalogue, broken, seen);
	question->text = mem_format("Only one of them fires: %s. Which figure breaks its bound?", seen->detector->name);
	sort_options(question, seen->places[0].kind);
	return true;
}

bool question_make(struct question *question, const struct catalogue *catalogue, const struct program *broken)
{
	const struct expectation *seen = only_one(&broken->declaration);

	*question = (struct question){0};
	if (!seen || !seen->place_count)
		return false;
	if (offer_figures(question, catalogue, broken, seen))
		return true;
	const struct place *place = &seen->places[0];
	question->options[question->count++] = mem_copy(place->function);
	offer_functions(question, broken, seen);
	if (question->count < 2) {
		question_release(question);
		return false;
	}
	question->text = mem_format("Only one of them fires: %s, with %s. In which function?", seen->detector->name,
				    place->kind);
	sort_options(question, place->function);
	return true;
}

void question_release(struct question *question)
{
	free(question->text);
	for (size_t i = 0; i < question->count; i++)
		free(question->options[i]);
	*question = (struct question){0};
}

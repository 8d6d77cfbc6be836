/* See catalogue_checks.h. */
#include "catalogue_checks.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "verdict/detector.h"

static bool needs_all_detectors(enum role role)
{
	return role != ROLE_STARTER && role != ROLE_WRONG;
}

static bool word_allowed(enum role role, enum word word)
{
	switch (role) {
	case ROLE_BROKEN:
		return word == WORD_FIRES || word == WORD_BLIND;
	case ROLE_FIXED:
		return word == WORD_SILENT || word == WORD_FALSE_ALARM;
	case ROLE_SOLUTION:
	case ROLE_ALSO_RIGHT:
		return word == WORD_SILENT || word == WORD_FALSE_ALARM || word == WORD_PASSES;
	default:
		return true;
	}
}

/*
 * A failed assertion leaves behind what the test had begun: a thread that may have ended by the end of the run, or not.
 * A detector then reports it, or not. NULL where the declaration asks for nothing of that kind.
 */
static char *why_luck(const struct declaration *d)
{
	const struct expectation *test = declaration_of(d, detector_of_tests());

	for (size_t i = 0; test && test->word == WORD_FAILS && i < d->count; i++)
		if (d->items[i].word == WORD_SILENT || d->items[i].word == WORD_BLIND)
			return mem_format("'%s %s' is luck where a test fails; take that line away",
					  d->items[i].detector->name, word_name(d->items[i].word));
	return NULL;
}

/* What is missing for the program's role; NULL when nothing is. */
static char *why_incomplete(const struct program *program)
{
	const struct declaration *d = &program->declaration;
	bool chapter = program->role == ROLE_BROKEN || program->role == ROLE_FIXED, caught = false;

	for (size_t i = 0; i < d->count; i++) {
		caught = caught || d->items[i].word == WORD_FIRES || d->items[i].word == WORD_FAILS;
		if (!word_allowed(program->role, d->items[i].word))
			return mem_format("'%s %s' has no place in a program that is %s", d->items[i].detector->name,
					  word_name(d->items[i].word),
					  program->role == ROLE_BROKEN ? "broken" : "right");
	}
	for (size_t i = 0; detectors[i] && needs_all_detectors(program->role); i++)
		if (!detectors[i]->optional && !declaration_of(d, detectors[i]))
			return mem_format("says nothing of '%s'; add its line", detectors[i]->name);
	if (!d->promise && program->role != ROLE_WRONG)
		return mem_copy("has no 'Promise' line; say what it promises");
	if (chapter && (!d->ends || d->holds != (program->role == ROLE_FIXED)))
		return mem_format("needs an 'Ends' line that begins with '%s: '",
				  program->role == ROLE_FIXED ? "holds" : "broken");
	if ((program->role == ROLE_SOLUTION || program->role == ROLE_ALSO_RIGHT) &&
	    !declaration_of(d, detector_of_tests()))
		return mem_copy("needs the line 'test passes'");
	if ((program->role == ROLE_BROKEN || !needs_all_detectors(program->role)) && !caught)
		return mem_copy("is refused by nobody; name a test that fails or a detector that fires");
	if (program->role == ROLE_WRONG && (!d->tempting || !d->refused))
		return mem_copy("needs a 'Tempting' and a 'Refused' line");
	return why_luck(d);
}

void catalogue_check_roles(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		struct program *program = &catalogue->programs[i];
		char *why = program->declared ? why_incomplete(program) : NULL;

		if (!why)
			continue;
		catalogue_problem(catalogue, mem_format("%s: %s", program->path, why));
		program->declared = false;
		free(why);
	}
}

static size_t count_role(const struct catalogue *catalogue, const char *pitfall, enum role role)
{
	size_t count = 0;

	for (size_t i = 0; i < catalogue->count; i++)
		count += catalogue->programs[i].role == role && strcmp(catalogue->programs[i].pitfall, pitfall) == 0;
	return count;
}

/* A kit for students has none of them. */
static bool has_solutions(const struct catalogue *catalogue)
{
	char *path = mem_format("%s/solutions", catalogue->root);
	bool has = access(path, F_OK) == 0;

	free(path);
	return has;
}

bool pitfall_is_alone(const char *root, const char *pitfall)
{
	char *exercise = mem_format("%s/exercises/%s", root, pitfall);
	char *chapter = mem_format("%s/chapters/%s", root, pitfall);
	bool alone = access(exercise, F_OK) == 0 && access(chapter, F_OK) != 0;

	free(chapter);
	free(exercise);
	return alone;
}

/* A pitfall is whole: its pair, and its exercise with what stands beside it. */
static void check_whole(struct catalogue *catalogue, const char *pitfall)
{
	static const struct {
		enum role role;
		size_t least;
		const char *what;
	} parts[] = {
		{ROLE_BROKEN, 1, "chapters/%s/broken.c"},
		{ROLE_FIXED, 1, "chapters/%s/fixed.c"},
		{ROLE_STARTER, 1, "a starter in exercises/%s/"},
		{ROLE_SOLUTION, 1, "a solution in solutions/%s/"},
		{ROLE_ALSO_RIGHT, 1, "a design in solutions/%s/also-right/"},
		{ROLE_WRONG, 3, "three wrong fixes in solutions/%s/wrong/"},
	};

	bool alone = pitfall_is_alone(catalogue->root, pitfall);

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if ((alone && parts[i].role < ROLE_STARTER) ||
		    count_role(catalogue, pitfall, parts[i].role) >= parts[i].least ||
		    (parts[i].role >= ROLE_SOLUTION && !has_solutions(catalogue)))
			continue;
		const char *what = parts[i].what, *mark = strstr(what, "%s");
		catalogue_problem(catalogue, mem_format("%s is not whole: it needs %.*s%s%s", pitfall,
							(int)(mark - what), what, pitfall, mark + 2));
	}
}

void catalogue_check_whole(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->pitfall_count; i++)
		check_whole(catalogue, catalogue->pitfalls[i]);
}

#include "catalogue.h"

#include <glob.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "catalogue_checks.h"

void catalogue_problem(struct catalogue *catalogue, char *line)
{
	catalogue->problems = mem_resize(catalogue->problems, catalogue->problem_count + 1, sizeof(char *));
	catalogue->problems[catalogue->problem_count++] = line;
}

/* Reads the program's file. Takes pitfall and name over. */
static struct program read_program(struct catalogue *catalogue, const char *path, char *pitfall, char *name,
				   enum role role)
{
	struct program program = {.pitfall = pitfall, .name = name, .path = mem_copy(path), .role = role};
	char *full = mem_format("%s/%s", catalogue->root, path), *error = NULL;

	program.source = file_read_text(full, &error);
	if (!program.source) {
		catalogue_problem(catalogue, mem_format("cannot read '%s': %s", path, error));
		free(error);
	} else {
		switch (declaration_parse(path, program.source, &program.declaration, &error)) {
		case DECLARED:
			program.declared = true;
			break;
		case DECLARED_BADLY:
			catalogue_problem(catalogue, error);
			break;
		case DECLARED_NOTHING:
			catalogue_problem(catalogue,
					  mem_format("%s:1: no declaration; begin the file with a comment that has a "
						     "'Promise' line and a line for each detector",
						     path));
		}
	}
	free(full);
	return program;
}

static void add_program(struct catalogue *catalogue, const char *path, char *pitfall, char *name, enum role role)
{
	catalogue->programs = mem_resize(catalogue->programs, catalogue->count + 1, sizeof *catalogue->programs);
	catalogue->programs[catalogue->count++] = read_program(catalogue, path, pitfall, name, role);
}

/* The part of `path` from its nth component on (0: the first); its end when there are fewer. */
static const char *component(const char *path, int n)
{
	for (; n > 0 && *path; path++)
		n -= *path == '/';
	return path;
}

/* "chapters/02-x/y/broken.c" and the like: "02-x/y" */
static char *pitfall_of(const char *path)
{
	const char *start = component(path, 1), *end = component(path, 3);

	return mem_copy_n(start, (size_t)(end - start - 1));
}

/* The path without ".c", from the nth component on. */
static char *stem(const char *path, int n)
{
	const char *start = component(path, n);

	return mem_copy_n(start, strlen(start) - 2);
}

static char *name_of(const char *path, enum role role)
{
	switch (role) {
	case ROLE_STARTER:
		return mem_copy("starter");
	case ROLE_SOLUTION:
		return mem_copy("solution");
	default:
		return stem(path, 3);
	}
}

/* An exercise's file has the name of its header. What else lies beside it is somebody's own. */
static bool is_starter(const struct catalogue *catalogue, const char *path)
{
	char *header = mem_format("%s/%.*sh", catalogue->root, (int)strlen(path) - 1, path);
	bool is = access(header, F_OK) == 0;

	free(header);
	return is;
}

/* Adds what the pattern (relative to the root) finds. */
static void add_all(struct catalogue *catalogue, const char *pattern, enum role role)
{
	char *full = mem_format("%s/%s", catalogue->root, pattern);
	size_t skip = strlen(catalogue->root) + 1;
	glob_t found;

	if (glob(full, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *path = found.gl_pathv[i] + skip;
			if (role == ROLE_STARTER && !is_starter(catalogue, path))
				continue;
			if (role == ROLE_OTHER)
				add_program(catalogue, path, mem_copy("doctor"), stem(path, 2), role);
			else
				add_program(catalogue, path, pitfall_of(path), name_of(path, role), role);
		}
		globfree(&found);
	}
	free(full);
}

/* The length of the chapter's name, with the slash after it. */
static size_t length_of_chapter(const char *pitfall)
{
	return strcspn(pitfall, "/") + 1;
}

/* Of a pitfall's chapter, for the caller to free; NULL: there is none. */
static char *text_of_chapter(const struct catalogue *catalogue, const char *pitfall)
{
	char *path = mem_format("%s/chapters/%.*sREADME.md", catalogue->root, (int)length_of_chapter(pitfall), pitfall);
	char *text = file_read(path);

	free(path);
	return text;
}

/* Where the chapter's text first links the pitfall's, or the exercise's where there is no other. */
static size_t place_in(const char *text, const char *pitfall)
{
	char *link = mem_format("%s/README.md)", pitfall + length_of_chapter(pitfall));
	const char *found = text ? strstr(text, link) : NULL;

	/* Whole, whatever folders lead to it. */
	while (found && found > text && found[-1] != '(' && found[-1] != '/')
		found = strstr(found + 1, link);
	free(link);
	return found ? (size_t)(found - text) : SIZE_MAX;
}

static int by_name_of_pitfall(const void *left, const void *right)
{
	const struct program *a = left, *b = right;

	return strcmp(a->pitfall, b->pitfall);
}

/* The programs of a chapter lie together meanwhile, so that its text is read once. */
static void place_programs(struct catalogue *catalogue)
{
	const char *chapter = "";
	char *text = NULL;

	qsort(catalogue->programs, catalogue->count, sizeof *catalogue->programs, by_name_of_pitfall);
	for (size_t i = 0; i < catalogue->count; i++) {
		const char *pitfall = catalogue->programs[i].pitfall;
		if (strncmp(pitfall, chapter, length_of_chapter(pitfall)) != 0) {
			free(text);
			text = text_of_chapter(catalogue, pitfall);
			chapter = pitfall;
		}
		catalogue->programs[i].place = place_in(text, pitfall);
	}
	free(text);
}

static int by_pitfall(const void *left, const void *right)
{
	const struct program *a = left, *b = right;
	int order = strncmp(a->pitfall, b->pitfall, length_of_chapter(a->pitfall));

	if (order == 0)
		order = (a->place > b->place) - (a->place < b->place);
	if (order == 0)
		order = strcmp(a->pitfall, b->pitfall);
	if (order == 0)
		order = (int)a->role - (int)b->role;
	return order ? order : strcmp(a->name, b->name);
}

static void list_pitfalls(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		if (i && strcmp(catalogue->programs[i].pitfall, catalogue->programs[i - 1].pitfall) == 0)
			continue;
		catalogue->pitfalls = mem_resize(catalogue->pitfalls, catalogue->pitfall_count + 1, sizeof(char *));
		catalogue->pitfalls[catalogue->pitfall_count++] = catalogue->programs[i].pitfall;
	}
}

void catalogue_load(struct catalogue *catalogue, const char *root)
{
	*catalogue = (struct catalogue){.root = mem_copy(root)};
	add_all(catalogue, "chapters/[0-9]*/*/broken.c", ROLE_BROKEN);
	add_all(catalogue, "chapters/[0-9]*/*/fixed.c", ROLE_FIXED);
	add_all(catalogue, "exercises/*/*/*.c", ROLE_STARTER);
	add_all(catalogue, "solutions/*/*/*.c", ROLE_SOLUTION);
	add_all(catalogue, "solutions/*/*/also-right/*.c", ROLE_ALSO_RIGHT);
	add_all(catalogue, "solutions/*/*/wrong/*.c", ROLE_WRONG);
	if (catalogue->count) {
		place_programs(catalogue);
		qsort(catalogue->programs, catalogue->count, sizeof *catalogue->programs, by_pitfall);
	}
	catalogue_check_roles(catalogue);
	list_pitfalls(catalogue);
	catalogue_check_whole(catalogue);
}

void catalogue_load_doctor(struct catalogue *catalogue, const char *root)
{
	*catalogue = (struct catalogue){.root = mem_copy(root)};
	add_all(catalogue, "harness/selftest/*.c", ROLE_OTHER);
	catalogue_check_roles(catalogue);
	list_pitfalls(catalogue);
}

static void release_program(struct program *program)
{
	free(program->pitfall);
	free(program->name);
	free(program->path);
	free(program->source);
	declaration_release(&program->declaration);
}

void catalogue_release(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++)
		release_program(&catalogue->programs[i]);
	for (size_t i = 0; i < catalogue->submission_count; i++) {
		release_program(catalogue->submissions[i]);
		free(catalogue->submissions[i]);
	}
	free(catalogue->submissions);
	for (size_t i = 0; i < catalogue->problem_count; i++)
		free(catalogue->problems[i]);
	free(catalogue->programs);
	free(catalogue->pitfalls);
	free(catalogue->problems);
	free(catalogue->root);
	*catalogue = (struct catalogue){0};
}

/* What a reader may have typed for a pitfall, and what is suggested then. */
struct meant {
	char **words;
	const char **names; /* of each word */
	size_t count;
};

static void meant_add(struct meant *meant, char *word, const char *name)
{
	meant->words = mem_resize(meant->words, meant->count + 1, sizeof *meant->words);
	meant->names = mem_resize(meant->names, meant->count + 1, sizeof *meant->names);
	meant->words[meant->count] = word;
	meant->names[meant->count++] = name;
}

/* The whole name, what follows the chapter, and that up to each dash and from dash to dash: "implicit", "contract". */
static void meant_of(struct meant *meant, const char *name)
{
	const char *own = component(name, 1);

	meant_add(meant, mem_copy(name), name);
	meant_add(meant, mem_copy(own), own);
	for (const char *word = own; *word;) {
		size_t length = strcspn(word, "-");
		meant_add(meant, mem_copy_n(own, (size_t)(word - own) + length), own);
		meant_add(meant, mem_copy_n(word, length), own);
		word += length + (word[length] == '-');
	}
}

static char *no_pitfall(const struct catalogue *catalogue, const char *part)
{
	struct meant meant = {0};
	const char *near = NULL, *name = NULL;

	for (size_t i = 0; i < catalogue->pitfall_count; i++)
		meant_of(&meant, catalogue->pitfalls[i]);
	if (meant.count)
		near = nearest_name(part, (const char *const *)meant.words, meant.count);
	for (size_t i = 0; i < meant.count; i++) {
		name = meant.words[i] == near ? meant.names[i] : name;
		free(meant.words[i]);
	}
	free(meant.names);
	free(meant.words);
	if (name)
		return mem_format("no pitfall is called '%s'; did you mean '%s'?", part, name);
	return mem_format("no pitfall is called '%s'; './loose list' names them", part);
}

const char *catalogue_pitfall(const struct catalogue *catalogue, const char *part, char **error)
{
	const char *found = NULL;
	struct text names;
	FILE *list = text_open(&names);
	unsigned matches = 0;

	for (size_t i = 0; i < catalogue->pitfall_count; i++) {
		const char *name = catalogue->pitfalls[i];
		if (strcmp(name, part) == 0) {
			found = name;
			matches = 1;
			break;
		}
		if (!*part || !strstr(name, part))
			continue;
		found = name;
		fprintf(list, "%s%s", matches++ ? ", " : "", name);
	}
	char *several = text_close(&names);
	*error = NULL;
	if (matches == 0)
		*error = no_pitfall(catalogue, part);
	else if (matches > 1)
		*error = mem_format("'%s' may be any of %s; say more of its name", part, several);
	free(several);
	return matches == 1 ? found : NULL;
}

const struct program *catalogue_program(const struct catalogue *catalogue, const char *pitfall, const char *name)
{
	for (size_t i = 0; i < catalogue->count; i++)
		if (strcmp(catalogue->programs[i].pitfall, pitfall) == 0 &&
		    strcmp(catalogue->programs[i].name, name) == 0)
			return &catalogue->programs[i];
	return NULL;
}

const struct program *catalogue_submission(struct catalogue *catalogue, const char *path)
{
	const char *file = component(path, 3);

	bool ours = strncmp(path, "exercises/", 10) == 0 || strncmp(path, "work/", 5) == 0;

	if (!ours || !*file || strchr(file, '/') || strcmp(file, "test.c") == 0)
		return NULL;
	char *pitfall = pitfall_of(path);
	const struct program *starter = catalogue_program(catalogue, pitfall, "starter");
	if (!starter || strcmp(starter->path, path) == 0) {
		free(pitfall);
		return starter;
	}
	struct program *submission = mem_zeroed(1, sizeof *submission);
	*submission = read_program(catalogue, path, pitfall, stem(path, 3), ROLE_STARTER);
	catalogue->submissions =
		mem_resize(catalogue->submissions, catalogue->submission_count + 1, sizeof *catalogue->submissions);
	catalogue->submissions[catalogue->submission_count++] = submission;
	return submission;
}

bool program_has_test(const struct program *program)
{
	return program->role >= ROLE_STARTER && program->role <= ROLE_WRONG;
}

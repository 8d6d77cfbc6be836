#include "names.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/text.h"
#include "verdict/detector.h"

/* --- pitfalls ------------------------------------------------------------------------------------------------------*/

/* The path below the workbook's root, for the caller to free; NULL when there is nothing of that name there. */
static char *below_root(const char *root, const char *path)
{
	char *real = realpath(path, NULL), *below = NULL;
	size_t length = strlen(root);

	if (real && strncmp(real, root, length) == 0 && real[length] == '/')
		below = mem_copy(real + length + 1);
	free(real);
	return below;
}

/* From where the reader is; or else from the root or chapters/, as book and messages name files. */
static char *path_of(const char *root, const char *word)
{
	static const char *const starts[] = {"", "chapters/"};
	char *path = below_root(root, word);

	for (size_t i = 0; !path && strchr(word, '/') && i < sizeof starts / sizeof *starts; i++) {
		char *full = mem_format("%s/%s%s", root, starts[i], word);
		path = below_root(root, full);
		free(full);
	}
	return path;
}

/* The program that has the file, alone or beside others. */
static const struct program *program_with(const struct catalogue *catalogue, const char *file)
{
	for (size_t i = 0; i < catalogue->count; i++) {
		const char *source = catalogue->programs[i].path;
		char *own = program_own_directory(source);
		size_t length = strlen(own);
		bool has = strcmp(source, file) == 0 || (strncmp(own, file, length) == 0 && file[length] == '/');

		free(own);
		if (has)
			return &catalogue->programs[i];
	}
	return NULL;
}

static bool is_file(const char *root, const char *path)
{
	char *full = mem_format("%s/%s", root, path);
	struct stat there;
	bool is = stat(full, &there) == 0 && S_ISREG(there.st_mode);

	free(full);
	return is;
}

/* The pitfall whose name begins `rest`, "02-ownership/implicit-contract/broken.c" for one; of a chapter its first. */
static const char *pitfall_in(const struct catalogue *catalogue, const char *rest, bool *chapter)
{
	size_t whole = strlen(rest);

	for (size_t i = 0; i < catalogue->pitfall_count; i++) {
		const char *name = catalogue->pitfalls[i];
		size_t length = strlen(name);
		*chapter = strncmp(name, rest, whole) == 0 && name[whole] == '/';
		if (*chapter || (strncmp(name, rest, length) == 0 && (rest[length] == '\0' || rest[length] == '/')))
			return name;
	}
	return NULL;
}

/* True when the word is a path to a pitfall or to something in it, or to a chapter. */
static bool find_by_path(const struct catalogue *catalogue, const char *word, struct named *named)
{
	static const char *const trees[] = {"chapters/", "exercises/", "solutions/", "work/"};
	char *path = path_of(catalogue->root, word);

	*named = (struct named){0};
	for (size_t i = 0; path && i < sizeof trees / sizeof *trees; i++) {
		size_t length = strlen(trees[i]);
		if (strncmp(path, trees[i], length) != 0 || !path[length])
			continue;
		named->pitfall = pitfall_in(catalogue, path + length, &named->chapter);
		named->exercise = i == 1 || i == 3;
		named->file = is_file(catalogue->root, path);
		named->program = program_with(catalogue, path);
	}
	free(path);
	return named->pitfall;
}

char *names_find(const struct catalogue *catalogue, const char *word, bool chapters, struct named *named)
{
	char *name = mem_copy(word), *error = NULL;
	size_t length = strlen(name);

	while (length > 1 && name[length - 1] == '/')
		name[--length] = '\0';
	if (!find_by_path(catalogue, word, named)) {
		*named = (struct named){0};
		named->pitfall = pitfall_in(catalogue, name, &named->chapter);
		if (!named->chapter)
			named->pitfall = catalogue_pitfall(catalogue, name, &error);
	}
	/* One pitfall is asked for: the chapter's name is a part of several, which the line lists. */
	if (named->chapter && !chapters) {
		char *part = mem_copy_n(named->pitfall, strcspn(named->pitfall, "/") + 1);
		named->pitfall = catalogue_pitfall(catalogue, part, &error);
		named->chapter = false;
		free(part);
	}
	free(name);
	return error;
}

/* --- programs ------------------------------------------------------------------------------------------------------*/

static const char *last_part(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* By the last part of its name, when one program alone has it. */
static const struct program *program_by_part(const struct catalogue *catalogue, const char *pitfall, const char *name)
{
	const struct program *found = NULL;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct program *program = &catalogue->programs[i];
		if (strcmp(program->pitfall, pitfall) != 0 || strcmp(last_part(program->name), name) != 0)
			continue;
		if (found)
			return NULL;
		found = program;
	}
	return found;
}

static char *no_program(const struct catalogue *catalogue, const char *pitfall, const char *name)
{
	const char **names = mem_zeroed(catalogue->count + 1, sizeof *names);
	char *message;
	size_t count = 0;
	struct text all;
	FILE *out = text_open(&all);

	for (size_t i = 0; i < catalogue->count; i++)
		if (strcmp(catalogue->programs[i].pitfall, pitfall) == 0)
			names[count++] = catalogue->programs[i].name;
	for (size_t i = 0; i < count; i++)
		fprintf(out, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " and ", names[i]);
	char *list = text_close(&all);
	const char *near = nearest_name(name, names, count);
	if (near)
		message = mem_format("%s has no program '%s'; did you mean '%s'?", pitfall, name, near);
	else
		message = mem_format("%s has no program '%s'; it has %s", pitfall, name, list);
	free(list);
	free(names);
	return message;
}

const struct program *names_program(const struct catalogue *catalogue, const char *pitfall, const char *word,
				    char **error)
{
	size_t length = strlen(word);
	bool ending = length > 2 && strcmp(word + length - 2, ".c") == 0;
	char *name = mem_copy_n(word, ending ? length - 2 : length);
	const struct program *found = catalogue_program(catalogue, pitfall, name);

	*error = NULL;
	if (!found)
		found = program_by_part(catalogue, pitfall, name);
	if (!found)
		*error = no_program(catalogue, pitfall, name);
	free(name);
	return found;
}

/* --- detectors -----------------------------------------------------------------------------------------------------*/

char *names_of_detectors(const char *before_last)
{
	char *names = mem_copy(detector_of_tests()->name);

	for (size_t i = 0; detectors[i]; i++) {
		char *longer = mem_format("%s%s%s", names, detectors[i + 1] ? ", " : before_last, detectors[i]->name);
		free(names);
		names = longer;
	}
	return names;
}

char *names_no_detector(const char *typed)
{
	char *names = names_of_detectors(" or "), *message;

	message = mem_format("no detector is called '%s'; use %s", typed, names);
	free(names);
	return message;
}

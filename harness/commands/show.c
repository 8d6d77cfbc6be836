#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "docs/docs.h"

static void append(FILE *out, const char *root, const char *path)
{
	char *full = mem_format("%s/%s", root, path), *problem, *text = file_read_text(full, &problem);

	if (text)
		fprintf(out, "\n==== %s ====\n\n%s", path, text);
	else
		fprintf(out, "\n==== %s ====\n\n(cannot be read: %s)\n", path, problem);
	free(problem);
	free(text);
	free(full);
}

/* The C files in the directory, whose name it frees. */
static void append_files(FILE *out, const char *root, char *directory)
{
	char **files = files_in(root, directory, "[ch]");

	for (char **file = files; *file; file++)
		append(out, root, *file);
	files_free(files);
	free(directory);
}

static int show(const char *root, int argc, char **argv)
{
	bool exercise = false;
	const struct option_spec specs[] = {{"exercise", OPTION_FLAG, &exercise}, {NULL, OPTION_FLAG, NULL}};
	struct catalogue catalogue;
	struct text pages;

	if (options_parse(argc, argv, specs, NULL) != 1)
		return bad_input("show takes one PITFALL; './loose list' names them");
	catalogue_load(&catalogue, root);
	const char *pitfall = find_pitfall(&catalogue, argv[1]);
	if (pitfall) {
		FILE *out = text_open(&pages);
		char *folder = mem_format("%s/%s", exercise ? "exercises" : "chapters", pitfall);
		char *readme = mem_format("%s/README.md", folder);
		append(out, root, readme);
		for (size_t i = 0; i < catalogue.count; i++) {
			const char *path = catalogue.programs[i].path;
			if (strncmp(path, folder, strlen(folder)) != 0)
				continue;
			append(out, root, path);
			append_files(out, root, program_own_directory(path));
		}
		append_files(out, root, mem_format("%s/shared", folder));
		char *text = text_close(&pages);
		page(text + 1);
		free(readme);
		free(folder);
		free(text);
	}
	catalogue_release(&catalogue);
	return pitfall ? STATUS_AGREES : STATUS_BAD_INPUT;
}

/* Two files of a pitfall, by their names in it; either may be missing, and is empty then. */
static void append_diff(FILE *out, const char *root, const char *pitfall, const char *before, const char *after)
{
	char *paths[] = {mem_format("%s/chapters/%s/%s", root, pitfall, before),
			 mem_format("%s/chapters/%s/%s", root, pitfall, after)};
	char *texts[] = {file_read(paths[0]), file_read(paths[1])};
	char *lines = docs_diff(texts[0] ? texts[0] : "", texts[1] ? texts[1] : "");

	if (*lines)
		fprintf(out, "--- %s/%s\n+++ %s/%s\n%s", pitfall, before, pitfall, after, lines);
	free(lines);
	for (int i = 0; i < 2; i++) {
		free(paths[i]);
		free(texts[i]);
	}
}

/* What stands in the directories of the two programs: the files of the first, then those that only the other has. */
static void append_diffs(FILE *out, const char *root, const char *pitfall)
{
	static const char *const sides[] = {"broken", "fixed"};

	for (int i = 0; i < 2; i++) {
		char *directory = mem_format("chapters/%s/%s", pitfall, sides[i]);
		char **files = files_in(root, directory, "[ch]");
		for (char **file = files; *file; file++) {
			const char *name = *file + strlen(directory) + 1;
			char *before = mem_format("broken/%s", name), *after = mem_format("fixed/%s", name);
			char *other = mem_format("%s/chapters/%s/%s", root, pitfall, before);
			if (i == 0 || access(other, F_OK) != 0)
				append_diff(out, root, pitfall, before, after);
			free(other);
			free(before);
			free(after);
		}
		files_free(files);
		free(directory);
	}
}

static int diff(const char *root, int argc, char **argv)
{
	const struct option_spec specs[] = {{NULL, OPTION_FLAG, NULL}};
	struct catalogue catalogue;
	struct text pages;

	if (options_parse(argc, argv, specs, NULL) != 1)
		return bad_input("diff takes one PITFALL; './loose list' names them");
	catalogue_load(&catalogue, root);
	const char *pitfall = find_pitfall(&catalogue, argv[1]);
	if (pitfall) {
		FILE *out = text_open(&pages);
		append_diff(out, root, pitfall, "broken.c", "fixed.c");
		append_diffs(out, root, pitfall);
		char *text = text_close(&pages);
		page(text);
		free(text);
	}
	catalogue_release(&catalogue);
	return pitfall ? STATUS_AGREES : STATUS_BAD_INPUT;
}

const struct command_entry command_show = {
	"show",
	"PITFALL",
	"read a pitfall: its text and its programs",
	"Opens the text and the programs in $PAGER (default: less).\n"
	"\n"
	"  --exercise   the exercise's text and its starter instead\n",
	show,
};

const struct command_entry command_diff = {
	"diff", "PITFALL", "compare broken.c with fixed.c", "Shows what the fix changes, in $PAGER (default: less).\n",
	diff,
};

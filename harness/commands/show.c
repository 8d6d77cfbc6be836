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

struct show {
	bool exercise;
};

static void show_folder(const struct catalogue *catalogue, const char *tree, const char *pitfall)
{
	char *folder = mem_format("%s/%s", tree, pitfall), *readme = mem_format("%s/README.md", folder);
	size_t length = strlen(folder);
	struct text pages;
	FILE *out = text_open(&pages);

	append(out, catalogue->root, readme);
	for (size_t i = 0; i < catalogue->count; i++) {
		const char *path = catalogue->programs[i].path;
		if (strncmp(path, folder, length) != 0 || path[length] != '/')
			continue;
		append(out, catalogue->root, path);
		append_files(out, catalogue->root, program_own_directory(path));
	}
	append_files(out, catalogue->root, mem_format("%s/shared", folder));
	char *text = text_close(&pages);
	page(text + 1);
	free(readme);
	free(folder);
	free(text);
}

static int show(const char *root, int argc, char **argv)
{
	struct show show = {0};
	struct operands operands;
	struct catalogue catalogue;
	struct named named;

	if (options_parse(&command_show, argc, argv, &show, &operands) != 0)
		return STATUS_BAD_INPUT;
	catalogue_load(&catalogue, root);
	int status = find_named(&catalogue, operands.items[0], false, &named);
	if (status == 0)
		show_folder(&catalogue, show.exercise || named.exercise ? "exercises" : "chapters", named.pitfall);
	catalogue_release(&catalogue);
	return status;
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
	struct operands operands;
	struct catalogue catalogue;
	struct named named;
	struct text pages;

	if (options_parse(&command_diff, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	catalogue_load(&catalogue, root);
	int status = find_named(&catalogue, operands.items[0], false, &named);
	if (status == 0) {
		FILE *out = text_open(&pages);
		append_diff(out, root, named.pitfall, "broken.c", "fixed.c");
		append_diffs(out, root, named.pitfall);
		char *text = text_close(&pages);
		page(text);
		free(text);
	}
	catalogue_release(&catalogue);
	return status;
}

static const struct option_spec show_options[] = {
	{"exercise", OPTION_FLAG, NULL, "the exercise's text and its starter instead", offsetof(struct show, exercise)},
	{0},
};

const struct command_entry command_show = {
	.name = "show",
	.arguments = "PITFALL",
	.summary = "read a pitfall: its text and its programs",
	.about =
		"Opens the text and the programs in $PAGER (default: less). A path below exercises/ opens the exercise.",
	.options = show_options,
	.operands = {OPERAND_PITFALL},
	.least = 1,
	.most = 1,
	.run = show,
};

static const struct option_spec diff_options[] = {{0}};

const struct command_entry command_diff = {
	.name = "diff",
	.arguments = "PITFALL",
	.summary = "compare broken.c with fixed.c",
	.about = "Shows what the fix changes, in $PAGER (default: less).",
	.options = diff_options,
	.operands = {OPERAND_PITFALL},
	.least = 1,
	.most = 1,
	.run = diff,
};

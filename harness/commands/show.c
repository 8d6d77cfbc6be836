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
#include "exercise.h"
#include "reader/answers.h"

static bool is_text(const char *path)
{
	size_t length = strlen(path);

	return length > 3 && strcmp(path + length - 3, ".md") == 0;
}

/* What of a pitfall is shown. */
struct shown {
	bool hidden; /* the answers are not */
	bool hints;  /* all of an exercise's are */
	int taken;   /* else those up to this one */
};

/* What is shown of the text of a file, for the caller to free. */
static char *part_of(const char *path, const char *text, const struct shown *shown)
{
	char *part = shown->hidden && is_text(path) ? answers_hide_text(text)
		     : shown->hidden		    ? answers_hide(text)
						    : mem_copy(text);

	if (!is_text(path) || shown->hints)
		return part;
	char *shorter = answers_hide_hints(part, shown->taken);
	free(part);
	return shorter;
}

static void append(FILE *out, const char *root, const char *path, const struct shown *part)
{
	char *full = mem_format("%s/%s", root, path), *problem, *text = file_read_text(full, &problem);
	char *shown = text ? part_of(path, text, part) : NULL;

	if (text)
		fprintf(out, "\n==== %s ====\n\n%s", path, shown);
	else
		fprintf(out, "\n==== %s ====\n\n(cannot be read: %s)\n", path, problem);
	free(problem);
	free(shown);
	free(text);
	free(full);
}

/* The C files in the directory, whose name it frees. */
static void append_files(FILE *out, const char *root, char *directory, const struct shown *shown)
{
	char **files = files_in(root, directory, "[ch]");

	for (char **file = files; *file; file++)
		append(out, root, *file, shown);
	files_free(files);
	free(directory);
}

struct show {
	bool exercise, answers;
};

/* The last lines of what is shown: how the rest is. */
static void say_how(FILE *out, const char *pitfall, const struct shown *shown, bool exercise)
{
	char *how = shown->hidden ? answers_how(pitfall) : NULL;

	if (how)
		fprintf(out, "\n%s\n", how);
	if (exercise && !shown->hints)
		fprintf(out, "\nhints come one at a time: ./loose hint %s\n", short_name(pitfall));
	free(how);
}

static void show_folder(const struct catalogue *catalogue, const char *tree, const char *pitfall,
			const struct shown *shown)
{
	char *folder = mem_format("%s/%s", tree, pitfall), *readme = mem_format("%s/README.md", folder);
	size_t length = strlen(folder);
	struct text pages;
	FILE *out = text_open(&pages);

	append(out, catalogue->root, readme, shown);
	for (size_t i = 0; i < catalogue->count; i++) {
		const char *path = catalogue->programs[i].path;
		if (strncmp(path, folder, length) != 0 || path[length] != '/')
			continue;
		append(out, catalogue->root, path, shown);
		append_files(out, catalogue->root, program_own_directory(path), shown);
	}
	char *rubric = mem_format("%s/rubric", folder), *whole = mem_format("%s/%s", catalogue->root, rubric);
	if (access(whole, R_OK) == 0)
		append(out, catalogue->root, rubric, shown);
	free(whole);
	free(rubric);
	append_files(out, catalogue->root, mem_format("%s/shared", folder), shown);
	say_how(out, pitfall, shown, strcmp(tree, "exercises") == 0);
	char *text = text_close(&pages);
	page(text + 1);
	free(readme);
	free(folder);
	free(text);
}

static struct shown shown_of(const char *root, const char *pitfall, bool answers)
{
	struct shown shown = {.hints = answers};
	struct reader reader;

	memory_open(&reader, root);
	shown.hidden = answers_hidden(&reader, pitfall, answers);
	shown.taken = reader_standing(&reader, pitfall).hints;
	memory_close(&reader);
	return shown;
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
	if (status == 0) {
		const struct shown shown = shown_of(root, named.pitfall, show.answers);
		bool exercise = show.exercise || named.exercise || pitfall_is_alone(catalogue.root, named.pitfall);
		show_folder(&catalogue, exercise ? "exercises" : "chapters", named.pitfall, &shown);
	}
	catalogue_release(&catalogue);
	return status;
}

/* What a diff is about. */
struct pair {
	const char *root, *pitfall;
	bool hidden;
};

/* One side's text for the caller to free; empty when it is missing. */
static char *side_of(const struct pair *pair, const char *name)
{
	char *path = mem_format("%s/chapters/%s/%s", pair->root, pair->pitfall, name), *text = file_read(path);
	char *shown = !text ? mem_copy("") : pair->hidden ? answers_hide(text) : mem_copy(text);

	free(text);
	free(path);
	return shown;
}

/* Two files of a pitfall, by their names in it; either may be missing, and is empty then. */
static void append_diff(FILE *out, const struct pair *pair, const char *before, const char *after)
{
	char *texts[] = {side_of(pair, before), side_of(pair, after)};
	char *lines = docs_diff(texts[0], texts[1]);

	if (*lines)
		fprintf(out, "--- %s/%s\n+++ %s/%s\n%s", pair->pitfall, before, pair->pitfall, after, lines);
	free(lines);
	free(texts[0]);
	free(texts[1]);
}

/* What stands in the directories of the two programs: the files of the first, then those that only the other has. */
static void append_diffs(FILE *out, const struct pair *pair)
{
	static const char *const sides[] = {"broken", "fixed"};

	for (int i = 0; i < 2; i++) {
		char *directory = mem_format("chapters/%s/%s", pair->pitfall, sides[i]);
		char **files = files_in(pair->root, directory, "[ch]");
		for (char **file = files; *file; file++) {
			const char *name = *file + strlen(directory) + 1;
			char *before = mem_format("broken/%s", name), *after = mem_format("fixed/%s", name);
			char *other = mem_format("%s/chapters/%s/%s", pair->root, pair->pitfall, before);
			if (i == 0 || access(other, F_OK) != 0)
				append_diff(out, pair, before, after);
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
	struct show show = {0};
	struct named named;
	struct text pages;

	if (options_parse(&command_diff, argc, argv, &show, &operands) != 0)
		return STATUS_BAD_INPUT;
	catalogue_load(&catalogue, root);
	int status = find_named(&catalogue, operands.items[0], false, &named);
	if (status == 0 && pitfall_is_alone(root, named.pitfall))
		status = bad_input("%s is an exercise alone, with no pair of programs; './loose watch %s' opens it",
				   named.pitfall, short_name(named.pitfall));
	if (status == 0) {
		const struct pair pair = {root, named.pitfall, answers_are_hidden(root, named.pitfall, show.answers)};
		FILE *out = text_open(&pages);
		append_diff(out, &pair, "broken.c", "fixed.c");
		append_diffs(out, &pair);
		char *text = text_close(&pages);
		page(text);
		free(text);
		char *how = pair.hidden ? answers_how(named.pitfall) : NULL;
		if (how)
			fprintf(stderr, "loose: %s\n", how);
		free(how);
	}
	catalogue_release(&catalogue);
	return status;
}

static const struct option_spec show_options[] = {
	{"exercise", OPTION_FLAG, NULL, "the exercise's text and its starter instead", offsetof(struct show, exercise)},
	{"answers", OPTION_FLAG, NULL,
	 "with what the programs declare and the detectors say, though you have not predicted it yet, and with all hints",
	 offsetof(struct show, answers)},
	{0},
};

const struct command_entry command_show = {
	.name = "show",
	.arguments = "PITFALL",
	.summary = "read a pitfall: its text and its programs",
	.about =
		"Opens the text and the programs in $PAGER (default: less). A path below exercises/ opens the exercise. "
		"What gives the answers away is shown once you have predicted the pitfall.",
	.options = show_options,
	.operands = {OPERAND_PITFALL},
	.least = 1,
	.most = 1,
	.run = show,
};

static const struct option_spec diff_options[] = {
	{"answers", OPTION_FLAG, NULL, "with what the two declare, though you have not predicted it yet",
	 offsetof(struct show, answers)},
	{0},
};

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

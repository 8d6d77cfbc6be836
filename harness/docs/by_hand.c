/*
 * The lines of a shell by which a reader has a program's verdicts without the harness. by_hand.h is made of the Makefile,
 * which alone knows the flags.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "by_hand.h"
#include "verdict/detector.h"

/* A line is broken where the next word would pass this. */
enum { WIDEST = 110 };

struct named_flags {
	const char *name, *flags;
};

static const struct named_flags flavours[] = {BY_HAND_FLAVOURS{0}};
static const struct named_flags libraries[] = {BY_HAND_LIBRARIES{0}};

static const char *flags_of(const struct named_flags *list, const char *name)
{
	for (; list->name; list++)
		if (strcmp(list->name, name) == 0)
			return list->flags;
	return "";
}

/* --- which sources of the kit a program needs --- */

struct needs {
	const char *root;
	char **kit; /* names without ".c", sorted */
	size_t count;
};

static void add_text_needs(struct needs *needs, const char *text);

static char *read_in(const char *root, const char *format, const char *name)
{
	char *path = mem_format(format, root, name), *text = file_read(path);

	free(path);
	return text;
}

/* A header of the kit, and what it and its source include themselves. */
static void add_need(struct needs *needs, const char *name)
{
	size_t at = 0;
	int order = 1;

	while (at < needs->count && (order = strcmp(needs->kit[at], name)) < 0)
		at++;
	if (at < needs->count && order == 0)
		return;
	char *source = read_in(needs->root, "%s/chapters/kit/%s.c", name);
	char *header = read_in(needs->root, "%s/chapters/kit/%s.h", name);
	if (source) {
		needs->kit = mem_resize(needs->kit, ++needs->count, sizeof *needs->kit);
		memmove(needs->kit + at + 1, needs->kit + at, (needs->count - at - 1) * sizeof *needs->kit);
		needs->kit[at] = mem_copy(name);
		add_text_needs(needs, source);
	}
	/* A header without a source has no other's. */
	if (source && header)
		add_text_needs(needs, header);
	free(header);
	free(source);
}

static void add_text_needs(struct needs *needs, const char *text)
{
	char name[64];

	for (const char *at = text; (at = strstr(at, "#include \"")); at++) {
		bool kit = sscanf(at, "#include \"kit/%63[a-z_].h\"", name) == 1;
		if (kit || sscanf(at, "#include \"%63[a-z_].h\"", name) == 1)
			add_need(needs, name);
	}
}

static void add_folder_needs(struct needs *needs, char *folder)
{
	char **files = files_in(needs->root, folder, "[ch]");

	for (char **file = files; file && *file; file++) {
		char *text = read_in(needs->root, "%s/%s", *file);
		if (text)
			add_text_needs(needs, text);
		free(text);
	}
	files_free(files);
	free(folder);
}

static void add_program_needs(struct needs *needs, const struct program *program)
{
	if (!program)
		return;
	if (program->source)
		add_text_needs(needs, program->source);
	add_folder_needs(needs, program_own_directory(program->path));
	add_folder_needs(needs, program_shared_directory(program->path));
}

static void needs_release(struct needs *needs)
{
	for (size_t i = 0; i < needs->count; i++)
		free(needs->kit[i]);
	free(needs->kit);
}

/* --- lines --- */

/* The words, which it takes over, with a backslash before each line break. */
static char *wrapped(char *words)
{
	struct text text;
	FILE *out = text_open(&text);
	size_t column = 0;
	char *rest = NULL;

	for (char *word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		size_t length = strlen(word);
		if (column && column + 1 + length + strlen(" \\") > WIDEST) {
			fputs(" \\\n  ", out);
			column = 2;
		} else if (column) {
			putc(' ', out);
			column++;
		}
		fputs(word, out);
		column += length;
	}
	free(words);
	return text_close(&text);
}

static void add_line(struct shell_lines *lines, const struct detector *detector, char *words)
{
	lines->items = mem_resize(lines->items, lines->count + 1, sizeof *lines->items);
	lines->items[lines->count++] = (struct shell_line){.detector = detector, .text = wrapped(words)};
}

/* "build/broken", "build/broken-tsan". */
static char *product(const struct program *program, const char *flavour)
{
	bool plain = *flags_of(flavours, flavour) == '\0';

	return mem_format("build/%s%s%s", program->name, plain ? "" : "-", plain ? "" : flavour);
}

/* A pattern for the shell when the program has files in that folder, which it takes over. */
static void print_folder(FILE *out, const char *root, char *folder)
{
	char **files = files_in(root, folder, "c");

	if (files && *files)
		fprintf(out, " %s/*.c", folder);
	files_free(files);
	free(folder);
}

static char *compile(const struct needs *needs, const struct program *program, const char *flavour)
{
	struct text text;
	FILE *out = text_open(&text);
	char *made = product(program, flavour);

	fprintf(out, "clang %s %s -o %s %s", BY_HAND_FLAGS, flags_of(flavours, flavour), made, program->path);
	print_folder(out, needs->root, program_own_directory(program->path));
	print_folder(out, needs->root, program_shared_directory(program->path));
	for (size_t i = 0; i < needs->count; i++)
		fprintf(out, " chapters/kit/%s.c", needs->kit[i]);
	fprintf(out, " %s", flags_of(libraries, program->pitfall));
	free(made);
	return text_close(&text);
}

static char *run_line(const struct detector *detector, const struct program *program, bool here)
{
	struct command command = {0};
	struct text text;
	FILE *out = text_open(&text);
	char *made = product(program, detector->flavour);

	detector->by_hand(here, &command);
	for (size_t i = 0; command.environment && command.environment[i]; i++)
		fprintf(out, "%s ", command.environment[i]);
	for (size_t i = 0; command.argv && command.argv[i]; i++)
		fprintf(out, "%s ", command.argv[i]);
	fputs(made, out);
	free(made);
	command_release(&command);
	return text_close(&text);
}

static bool flavour_is_needed(const char *flavour)
{
	for (size_t i = 0; detectors[i]; i++)
		if (detectors[i]->by_hand && strcmp(detectors[i]->flavour, flavour) == 0)
			return true;
	return false;
}

struct shell_lines docs_shell_lines(const struct catalogue *catalogue, const struct program *program, bool here)
{
	struct shell_lines lines = {0};
	struct needs needs = {.root = catalogue->root};

	add_program_needs(&needs, catalogue_program(catalogue, program->pitfall, "broken"));
	add_program_needs(&needs, catalogue_program(catalogue, program->pitfall, "fixed"));
	add_line(&lines, NULL, mem_copy("mkdir -p build"));
	for (size_t i = 0; flavours[i].name; i++)
		if (flavour_is_needed(flavours[i].name))
			add_line(&lines, NULL, compile(&needs, program, flavours[i].name));
	for (size_t i = 0; detectors[i]; i++)
		if (detectors[i]->by_hand)
			add_line(&lines, detectors[i], run_line(detectors[i], program, here));
	needs_release(&needs);
	return lines;
}

void docs_shell_lines_release(struct shell_lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->items[i].text);
	free(lines->items);
	*lines = (struct shell_lines){0};
}

/* --- the passage --- */

/* The texts say once, beside the table, what the verdicts owe to the options. */
bool fill_commands(struct filling *filling, const struct mark *mark)
{
	const struct program *broken =
		filling->pitfall ? catalogue_program(filling->catalogue, filling->pitfall, "broken") : NULL;

	if (mark->count != 1 || !broken)
		return filling_fail(filling,
				    mem_copy("commands name nothing and stand in the text of a pitfall that has "
					     "broken.c"));
	struct shell_lines lines = docs_shell_lines(filling->catalogue, broken, false);
	fputs("**Without the harness**, in the workbook's root; for the fixed program, write `fixed` in place of `broken`:\n\n"
	      "```sh\n",
	      filling->out);
	for (size_t i = 0; i < lines.count; i++)
		fprintf(filling->out, "%s\n", lines.items[i].text);
	fputs("```\n\nWhat the verdicts owe to `-O0` and to these options is said [beside the table of all "
	      "detectors](../../../book.md#what-the-verdicts-rest-on).\nThe leak budget is the harness's own: no line of a shell "
	      "stands for it.\n",
	      filling->out);
	docs_shell_lines_release(&lines);
	return true;
}

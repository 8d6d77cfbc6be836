#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "mem.h"
#include "text.h"

static void append(FILE *out, const char *root, const char *path)
{
	char *full = mem_format("%s/%s", root, path), *text = file_read(full);

	fprintf(out, "\n==== %s ====\n\n%s", path, text ? text : "(not there)\n");
	free(text);
	free(full);
}

static int show(const char *root, int argc, char **argv)
{
	bool exercise = false;
	const struct option_spec specs[] = {{"exercise", OPTION_FLAG, &exercise}, {NULL, OPTION_FLAG, NULL}};
	struct catalogue catalogue;
	char *text = NULL;
	size_t size;

	if (options_parse(argc, argv, specs, NULL) != 1)
		return bad_input("show takes one PITFALL; './loose list' names them");
	catalogue_load(&catalogue, root);
	const char *pitfall = find_pitfall(&catalogue, argv[1]);
	if (pitfall) {
		FILE *out = open_memstream(&text, &size);
		char *folder = mem_format("%s/%s", exercise ? "exercises" : "chapters", pitfall);
		char *readme = mem_format("%s/README.md", folder);
		append(out, root, readme);
		for (size_t i = 0; i < catalogue.count; i++)
			if (strncmp(catalogue.programs[i].path, folder, strlen(folder)) == 0)
				append(out, root, catalogue.programs[i].path);
		fclose(out);
		page(text + 1);
		free(readme);
		free(folder);
		free(text);
	}
	catalogue_release(&catalogue);
	return pitfall ? STATUS_AGREES : STATUS_BAD_INPUT;
}

static int diff(const char *root, int argc, char **argv)
{
	const struct option_spec specs[] = {{NULL, OPTION_FLAG, NULL}};
	struct catalogue catalogue;

	if (options_parse(argc, argv, specs, NULL) != 1)
		return bad_input("diff takes one PITFALL; './loose list' names them");
	catalogue_load(&catalogue, root);
	const char *pitfall = find_pitfall(&catalogue, argv[1]);
	if (pitfall) {
		const struct program *broken = catalogue_program(&catalogue, pitfall, "broken");
		const struct program *fixed = catalogue_program(&catalogue, pitfall, "fixed");
		char *lines = text_diff(broken && broken->source ? broken->source : "", fixed && fixed->source ? fixed->source : "");
		char *text = mem_format("--- %s/broken.c\n+++ %s/fixed.c\n%s", pitfall, pitfall, lines);
		page(text);
		free(text);
		free(lines);
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
	"diff",
	"PITFALL",
	"compare broken.c with fixed.c",
	"Shows what the fix changes, in $PAGER (default: less).\n",
	diff,
};

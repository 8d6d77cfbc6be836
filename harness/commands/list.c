#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"

/* The title of a pitfall: the first line of its text, without the '#'. The caller frees it. */
static char *title_of(const struct catalogue *catalogue, const char *pitfall)
{
	char *path = mem_format("%s/chapters/%s/README.md", catalogue->root, pitfall), *text = file_read(path);
	const char *start = text ? text + strspn(text, "# ") : "";
	char *title = mem_copy_n(start, strcspn(start, "\n"));

	free(text);
	free(path);
	return title;
}

static bool has(const char *pitfall, const char *part, const struct named *chapter)
{
	if (chapter->chapter)
		return strncmp(pitfall, chapter->pitfall, strcspn(chapter->pitfall, "/") + 1) == 0;
	return strstr(pitfall, part);
}

static int run(const char *root, int argc, char **argv)
{
	struct operands operands;
	struct catalogue catalogue;
	struct named named = {0};
	size_t shown = 0;

	if (options_parse(&command_list, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	catalogue_load(&catalogue, root);
	const char *part = operands.count ? operands.items[0] : "";
	char *error = operands.count ? names_find(&catalogue, part, true, &named) : NULL;
	if (!error && operands.count && !named.chapter)
		part = named.pitfall;
	for (size_t i = 0; i < catalogue.pitfall_count; i++) {
		if (!has(catalogue.pitfalls[i], part, &named))
			continue;
		char *title = title_of(&catalogue, catalogue.pitfalls[i]);
		printf("%-40s %s\n", catalogue.pitfalls[i], title);
		free(title);
		shown++;
	}
	/* Several may be meant here; that there is none is an error. */
	int status = shown   ? STATUS_AGREES
		     : error ? bad_input("%s", error)
			     : bad_input("there is no pitfall in '%s'; copy the workbook anew", root);
	free(error);
	catalogue_release(&catalogue);
	return status;
}

static const struct option_spec options[] = {{0}};

const struct command_entry command_list = {
	.name = "list",
	.arguments = "[PART]",
	.summary = "name the pitfalls",
	.about = "Lists every pitfall with its title; with PART, those whose name has it.",
	.options = options,
	.operands = {OPERAND_PITFALL},
	.most = 1,
	.run = run,
};

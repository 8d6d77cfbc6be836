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

static int run(const char *root, int argc, char **argv)
{
	const struct option_spec specs[] = {{NULL, OPTION_FLAG, NULL}};
	struct catalogue catalogue;
	int count = options_parse(argc, argv, specs, NULL), shown = 0;

	if (count < 0)
		return STATUS_BAD_INPUT;
	catalogue_load(&catalogue, root);
	for (size_t i = 0; i < catalogue.pitfall_count; i++) {
		if (count > 0 && !strstr(catalogue.pitfalls[i], argv[1]))
			continue;
		char *title = title_of(&catalogue, catalogue.pitfalls[i]);
		printf("%-40s %s\n", catalogue.pitfalls[i], title);
		free(title);
		shown++;
	}
	int status = shown ? STATUS_AGREES
			   : bad_input("no pitfall is called '%s'; './loose list' names them", count ? argv[1] : "");
	catalogue_release(&catalogue);
	return status;
}

const struct command_entry command_list = {
	"list",
	"[PART]",
	"name the pitfalls",
	"Lists every pitfall with its title; with PART, those whose name has it.\n",
	run,
};

#include <stdio.h>
#include <unistd.h>

#include "base/version.h"
#include "command.h"
#include "help.h"

static int run(const char *root, int argc, char **argv)
{
	struct operands operands;
	FILE *reader = NULL;

	(void)root;
	if (options_parse(&command_man, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	/* Where there is no man(1), its source can still be read. */
	if (isatty(STDOUT_FILENO))
		reader = popen("if command -v man >/dev/null; then man -l -; else ${PAGER:-cat}; fi", "w");
	help_manual(reader ? reader : stdout, LOOSE_VERSION);
	if (reader)
		pclose(reader);
	return STATUS_AGREES;
}

static const struct option_spec options[] = {{0}};

const struct command_entry command_man = {
	.name = "man",
	.arguments = "",
	.summary = "the manual page",
	.about = "Shows the manual page on a terminal, and writes its source elsewhere:\n\n"
		 "  ./loose man >~/.local/share/man/man1/loose.1",
	.options = options,
	.run = run,
};

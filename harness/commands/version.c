#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/version.h"
#include "command.h"
#include "judge/toolchain.h"

/* ", commit 0123456789-dirty" where the workbook is a repository and git can read it; else empty. The caller frees it. */
static char *commit_of(const char *root)
{
	const char *slash = strrchr(root, '/');
	/* Not that of a repository in which somebody has unpacked the workbook. */
	char *command = mem_format("GIT_CEILING_DIRECTORIES='%.*s' git -C '%s' describe --always --dirty --abbrev=10 "
				   "--exclude='*' 2>/dev/null",
				   (int)(slash - root), root, root);
	char commit[64] = "";
	FILE *out = strchr(root, '\'') ? NULL : popen(command, "r");

	if (out && !fgets(commit, sizeof commit, out))
		*commit = '\0';
	if (out)
		pclose(out);
	free(command);
	commit[strcspn(commit, "\n")] = '\0';
	return *commit ? mem_format(", commit %s", commit) : mem_copy("");
}

static int run(const char *root, int argc, char **argv)
{
	struct toolchain toolchain;
	struct operands operands;

	if (options_parse(&command_version, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	char *commit = commit_of(root);
	toolchain_find(&toolchain, root);
	printf("loose %s%s\nclang %s, valgrind %s, glibc %s, kernel %s\n", LOOSE_VERSION, commit, toolchain.clang,
	       toolchain.valgrind, toolchain.glibc, toolchain.kernel);
	toolchain_release(&toolchain);
	free(commit);
	return STATUS_AGREES;
}

static const struct option_spec options[] = {{0}};

const struct command_entry command_version = {
	.name = "version",
	.arguments = "",
	.summary = "tell what this is, and which tools judge here",
	.about = "Prints the version, with the commit where the workbook is a git repository, and those of the tools. "
		 "'./loose --version' is the same.",
	.options = options,
	.run = run,
};

#include "toolchain.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/command.h"
#include "base/files.h"
#include "base/mem.h"

/* As long as a machine may take that is so busy that nothing else ends either. */
enum { ANSWER_MS = 60000 };

/* The first thing that looks like "1.2.3" in what the tool says of itself. */
static char *version_of(char *tool)
{
	char *argv[] = {tool, "--version", NULL}, *text = command_output(argv, ANSWER_MS);
	const char *start = text ? strpbrk(text, "0123456789") : NULL;
	char *version = start ? mem_copy_n(start, strspn(start, "0123456789.")) : mem_copy("missing");

	free(text);
	return version;
}

void toolchain_find(struct toolchain *toolchain)
{
	char libc[64] = "";
	struct utsname system;

	toolchain->clang = version_of("clang");
	toolchain->valgrind = version_of("valgrind");
	confstr(_CS_GNU_LIBC_VERSION, libc, sizeof libc);
	const char *number = strpbrk(libc, "0123456789");
	toolchain->glibc = mem_copy(number ? number : "unknown");
	toolchain->kernel = mem_copy(uname(&system) == 0 ? system.release : "unknown");
}

void toolchain_release(struct toolchain *toolchain)
{
	free(toolchain->clang);
	free(toolchain->valgrind);
	free(toolchain->glibc);
	free(toolchain->kernel);
}

char *toolchain_line(const struct toolchain *toolchain)
{
	return mem_format("clang %s, valgrind %s, glibc %s", toolchain->clang, toolchain->valgrind, toolchain->glibc);
}

char *toolchain_differs(const char *root, const struct toolchain *toolchain)
{
	char *path = mem_format("%s/%s", root, TOOLCHAIN_FILE), *graders = file_read(path);
	char *own = toolchain_line(toolchain);

	if (graders)
		graders[strcspn(graders, "\n")] = '\0';
	if (graders && strcmp(graders, own) == 0) {
		free(graders);
		graders = NULL;
	}
	free(own);
	free(path);
	return graders;
}

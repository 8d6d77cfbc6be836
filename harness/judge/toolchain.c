#include "toolchain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/mem.h"

/* The first thing that looks like "1.2.3" in the command's output. */
static char *version_from(const char *command)
{
	FILE *out = popen(command, "r");
	char text[512] = "";
	size_t got = out ? fread(text, 1, sizeof text - 1, out) : 0;
	int status = out ? pclose(out) : -1;

	text[got] = '\0';
	const char *start = strpbrk(text, "0123456789");
	if (status != 0 || !start)
		return mem_copy("missing");
	return mem_copy_n(start, strspn(start, "0123456789."));
}

void toolchain_find(struct toolchain *toolchain)
{
	char libc[64] = "";
	struct utsname system;

	toolchain->clang = version_from("clang --version 2>/dev/null");
	toolchain->valgrind = version_from("valgrind --version 2>/dev/null");
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

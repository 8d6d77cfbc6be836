#define _GNU_SOURCE /* dladdr() */
#include "toolchain.h"

#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/command.h"
#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"

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

/* A line on the file that a path means: another one when it was replaced. */
static void print_file(FILE *out, const char *path)
{
	struct stat file;

	if (stat(path, &file) == 0)
		fprintf(out, "%s %lld %lld.%09ld\n", path, (long long)file.st_size, (long long)file.st_mtim.tv_sec,
			file.st_mtim.tv_nsec);
}

/* Where PATH has it, and what a Debian package starts from there: valgrind is a script, and valgrind.bin the program. */
static void print_tool(FILE *out, const char *tool)
{
	const char *path = getenv("PATH");

	for (path = path ? path : ""; *path; path += strspn(path, ":")) {
		size_t length = strcspn(path, ":");
		char *file = mem_format("%.*s/%s", (int)length, path, tool), *program = mem_format("%s.bin", file);
		bool found = access(file, X_OK) == 0;
		if (found) {
			print_file(out, file);
			print_file(out, program);
		}
		free(program);
		free(file);
		if (found)
			return;
		path += length;
	}
}

/* What judges here, as files: a version stays the same when a distribution repairs what it has. */
static char *files_of_tools(void)
{
	struct text text;
	FILE *out = text_open(&text);
	Dl_info libc;

	print_tool(out, "clang");
	print_tool(out, "valgrind");
	if (dladdr((const void *)(uintptr_t)gnu_get_libc_version, &libc) && libc.dli_fname)
		print_file(out, libc.dli_fname);
	return text_close(&text);
}

/* "CLANG VALGRIND\n", and after it the files that have said so. */
static bool recall(struct toolchain *toolchain, const char *path)
{
	char *known = file_read(path), clang[32], valgrind[32];
	const char *files = known ? strchr(known, '\n') : NULL;
	bool same = files && strcmp(files + 1, toolchain->files) == 0 &&
		    sscanf(known, "%31[0-9.] %31[0-9.]", clang, valgrind) == 2;

	if (same) {
		toolchain->clang = mem_copy(clang);
		toolchain->valgrind = mem_copy(valgrind);
	}
	free(known);
	return same;
}

/* What cannot be written is asked for again. */
static void remember(const struct toolchain *toolchain, const char *path)
{
	char *next = mem_format("%s.new", path);
	FILE *file = fopen(next, "we");

	if (file) {
		fprintf(file, "%s %s\n%s", toolchain->clang, toolchain->valgrind, toolchain->files);
		bool written = file_flushed(file) == 0;
		if (fclose(file) != 0 || !written || rename(next, path) != 0)
			unlink(next);
	}
	free(next);
}

void toolchain_find(struct toolchain *toolchain, const char *root)
{
	char libc[64] = "", *path = mem_format("%s/build/tools", root);
	struct utsname system;

	toolchain->files = files_of_tools();
	if (!recall(toolchain, path)) {
		toolchain->clang = version_of("clang");
		toolchain->valgrind = version_of("valgrind");
		remember(toolchain, path);
	}
	free(path);
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
	free(toolchain->files);
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

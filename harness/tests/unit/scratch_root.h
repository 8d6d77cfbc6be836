/* A directory of a test's own below build/, for what is written below a workbook's root. */
#ifndef LOOSE_TESTS_SCRATCH_ROOT_H
#define LOOSE_TESTS_SCRATCH_ROOT_H

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/files.h"
#include "base/mem.h"
#include "exec/runner.h"

static char root[PATH_MAX];

static inline void root_make(void)
{
	char here[PATH_MAX - 64];

	cr_assert(getcwd(here, sizeof here));
	snprintf(root, sizeof root, "%s/build/unit.XXXXXX", here);
	cr_assert(mkdtemp(root));
}

static inline void root_remove(void)
{
	run_remove(root);
}

/* A shell's command in the root. */
__attribute__((format(printf, 1, 2))) static inline void root_run(const char *format, ...)
{
	char command[4096];
	va_list args;
	int length = snprintf(command, sizeof command, "cd '%s' && ", root);

	va_start(args, format);
	vsnprintf(command + length, sizeof command - (size_t)length, format, args);
	va_end(args);
	cr_assert_eq(system(command), 0, "%s", command);
}

/* For the caller to free; NULL: it is not there. */
static inline char *root_read(const char *name)
{
	char *path = mem_format("%s/%s", root, name), *text = file_read(path);

	free(path);
	return text;
}

static inline void root_write(const char *name, const char *text)
{
	char *path = mem_format("%s/%s", root, name);
	FILE *file = fopen(path, "w");

	cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
	free(path);
}

static inline void root_expect(const char *name, const char *text)
{
	char *there = root_read(name);

	cr_assert(there, "%s is not there", name);
	cr_assert_str_eq(there, text, "%s: %s", name, there);
	free(there);
}

#endif

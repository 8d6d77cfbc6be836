/* The table of detectors, and what they share. See detector.h. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "verdict/detector.h"

/* Tests of the harness add a row. */
#ifndef MORE_DETECTORS
#define MORE_DETECTORS(row)
#endif

#define DETECTORS(row) row(tsan) row(helgrind) row(drd) row(memcheck) row(budget) MORE_DETECTORS(row)

#define DECLARATION(name) extern const struct detector detector_##name;
#define ADDRESS(name) &detector_##name,

DETECTORS(DECLARATION)
DECLARATION(test)
DECLARATION(recorder)

const struct detector *const detectors[] = {DETECTORS(ADDRESS) NULL};

const struct detector *detector_of_tests(void)
{
	return &detector_test;
}

const struct detector *detector_that_records(void)
{
	return &detector_recorder;
}

const struct detector *detector_named(const char *name)
{
	for (size_t i = 0; detectors[i]; i++)
		if (strcmp(detectors[i]->name, name) == 0)
			return detectors[i];
	return strcmp(detector_test.name, name) == 0 ? &detector_test : NULL;
}

const struct detector *detector_that_measures(void)
{
	for (size_t i = 0; detectors[i]; i++)
		if (detectors[i]->measures)
			return detectors[i];
	return NULL;
}

const struct kind *detector_kind(const struct detector *detector, const char *name)
{
	const struct kind *any = NULL;

	for (const struct kind *kind = detector->kinds; kind->name; kind++) {
		if (strcmp(kind->name, name) == 0)
			return kind;
		if (strcmp(kind->name, "*") == 0)
			any = kind;
	}
	return any;
}

bool detector_knows_kind(const struct detector *detector, const char *kind)
{
	return detector_kind(detector, kind);
}

static bool lies_in(const char *directory, const char *file)
{
	size_t length = directory ? strlen(directory) : 0;

	return length && strncmp(file, directory, length) == 0 && file[length] == '/';
}

bool run_owns(const struct run *run, const char *file)
{
	/* Where its lines come from is a program's own word, and a path that leads out of an exercise's folder is somebody else's. */
	if (file && run->tests && strstr(file, "/../"))
		return false;
	for (size_t i = 0; file && run->own && run->own[i]; i++)
		if (lies_in(run->own[i], file))
			return true;
	return false;
}

bool run_is_of_workbook(const struct run *run)
{
	size_t length = strlen(run->root);
	const char *path = run->program + length;

	/* Only the workbook's programs have tests; in a sandbox they lie elsewhere. */
	return run->tests ||
	       (strncmp(run->program, run->root, length) == 0 &&
		(strncmp(path, "/build/plain/bin/", 17) == 0 || strncmp(path, "/build/tsan/bin/", 16) == 0));
}

static char **append(char **list, char *text)
{
	size_t count = 0;

	while (list && list[count])
		count++;
	list = mem_resize(list, count + 2, sizeof *list);
	list[count] = text;
	list[count + 1] = NULL;
	return list;
}

static char *formatted(const char *format, va_list args)
{
	struct text text;

	vfprintf(text_open(&text), format, args);
	return text_close(&text);
}

void command_argument(struct command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	command->argv = append(command->argv, formatted(format, args));
	va_end(args);
}

void command_environment(struct command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	command->environment = append(command->environment, formatted(format, args));
	va_end(args);
}

static void release(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

void command_release(struct command *command)
{
	release(command->argv);
	release(command->environment);
	*command = (struct command){0};
}

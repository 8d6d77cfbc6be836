/* The report files of a run. See processes.h. */
#include "report_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* The number in "BEFORE123AFTER"; -1 when the name is not one of these. */
static long number_in(const char *name, const char *before, const char *after)
{
	char *end;

	if (strncmp(name, before, strlen(before)) != 0 || strspn(name + strlen(before), "0123456789") == 0)
		return -1;
	errno = 0;
	long number = strtol(name + strlen(before), &end, 10);
	return errno == 0 && strcmp(end, after) == 0 ? number : -1;
}

/* Names of one pattern: the shorter has the smaller number. */
static int by_number(const void *left, const void *right)
{
	const char *one = *(char *const *)left, *other = *(char *const *)right;
	size_t length = strlen(one), other_length = strlen(other);

	if (length != other_length)
		return length < other_length ? -1 : 1;
	return strcmp(one, other);
}

char **report_names(const struct run *run, const char *before, const char *after)
{
	DIR *directory = opendir(run->directory);
	char **names = mem_zeroed(1, sizeof *names);
	size_t count = 0;

	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		if (number_in(entry->d_name, before, after) < 0)
			continue;
		names = mem_resize(names, count + 2, sizeof *names);
		names[count++] = mem_copy(entry->d_name);
		names[count] = NULL;
	}
	if (directory)
		closedir(directory);
	qsort(names, count, sizeof *names, by_number);
	return names;
}

void names_free(char **names)
{
	for (size_t i = 0; names[i]; i++)
		free(names[i]);
	free(names);
}

char *report_read(const struct run *run, const char *name, size_t *length)
{
	char *path = mem_format("%s/%s", run->directory, name), *bytes = NULL;
	FILE *file = fopen(path, "rb");
	size_t got = 1;

	free(path);
	if (!file)
		return NULL;
	for (*length = 0; got; *length += got) {
		bytes = mem_resize(bytes, *length + 65537, 1);
		got = fread(bytes + *length, 1, 65536, file);
	}
	bytes[*length] = '\0';
	bool failed = ferror(file);
	fclose(file);
	if (!failed)
		return bytes;
	free(bytes);
	return NULL;
}

/* The detector's own last word on why it gave up, from the run's standard error; for the caller to free. */
static char *last_words(const struct run *run)
{
	static const char *const marks[] = {"FATAL: ThreadSanitizer", "ThreadSanitizer: CHECK failed",
					    "valgrind: ", "FATAL: "};
	size_t length;
	char *text = report_read(run, "stderr", &length), *found = NULL;

	for (size_t i = 0; text && !found && i < sizeof marks / sizeof *marks; i++) {
		const char *at = strstr(text, marks[i]);
		size_t line = at ? strcspn(at, "\n") : 0;
		if (!at)
			continue;
		/* "valgrind: the 'impossible' happened:" says nothing yet; the line below it does. */
		if (line && at[line - 1] == ':' && at[line]) {
			size_t blanks = strspn(at + line, " \n");
			const char *next = at + line + blanks;
			found = mem_format(": %.*s %.*s", (int)line, at, (int)strcspn(next, "\n"), next);
		} else {
			found = mem_format(": %.*s", (int)line, at);
		}
	}
	free(text);
	return found ? found : mem_copy("");
}

/* The program itself, or the test runner: the process whose parent is none of the others. */
static const struct process *runner_of(const struct process *processes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool child = false;
		for (size_t j = 0; j < count; j++)
			child = child || processes[j].pid == processes[i].parent;
		if (!child)
			return &processes[i];
	}
	return NULL;
}

static int count_names(const char *list)
{
	int count = list ? 1 : 0;

	for (; list && *list; list++)
		count += *list == ',';
	return count;
}

static void check_tests(const struct process *processes, size_t count, const char *words, struct observation *seen)
{
	const struct process *runner = runner_of(processes, count);
	int tests = 0, cut = 0;

	for (size_t i = 0; i < count; i++) {
		if (!runner || processes[i].parent != runner->pid)
			continue;
		tests++;
		cut += !processes[i].complete;
	}
	if (!runner || !runner->complete)
		observation_fail(seen, FAULT_DETECTOR, "the detector did not watch the test runner to its end%s",
				 words);
	else if (tests < seen->tests)
		observation_fail(seen, FAULT_DETECTOR, "the detector watched %d of %d tests%s", tests, seen->tests,
				 words);
	else if (cut > count_names(seen->failed))
		observation_fail(seen, FAULT_DETECTOR, "the detector did not watch %d tests to their end%s", cut,
				 words);
}

/* How a child of the program ends is its own affair: what it reported until then is there. */
void processes_check(const struct run *run, const struct process *processes, size_t count, struct observation *seen)
{
	if (seen->fault != FAULT_NONE)
		return;
	const struct process *program = runner_of(processes, count);
	char *words = last_words(run);
	if (count == 0)
		observation_fail(seen, FAULT_DETECTOR, "the detector left no report%s", words);
	else if (run->tests)
		check_tests(processes, count, words, seen);
	else if (!program || !program->complete)
		observation_fail(seen, FAULT_DETECTOR, "the detector did not watch the program to its end%s", words);
	free(words);
}

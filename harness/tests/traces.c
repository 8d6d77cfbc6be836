/*
 * Whether a program's threads are drawn the same in every run: records each
 * program of the chapters again and again, and compares what trace_select()
 * makes of it, byte for byte.
 *
 *     build/traces 30 [-o DIRECTORY] [WORD...]
 *
 * runs every program whose path has one of the words 30 times. What is not the
 * same is told; with -o the choice of the first run, and that of the first that
 * differs, are kept there, and the whole traces.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "commands/command.h"
#include "commands/recording.h"
#include "trace/select.h"
#include "verdict/detector.h"

static const char *directory;

static bool is_asked_for(const struct program *program, char **words)
{
	bool is = !*words;

	for (; *words; words++)
		is = is || strstr(program->path, *words);
	return is && (program->role == ROLE_BROKEN || program->role == ROLE_FIXED) && !program_has_test(program);
}

static char *written(const struct trace *trace)
{
	struct text text;

	trace_write(text_open(&text), trace);
	return text_close(&text);
}

static void keep(const struct program *program, const char *what, const char *text)
{
	if (!directory)
		return;
	char *name = mem_format("%s.%s", program->path, what);
	for (char *at = name; *at; at++)
		if (*at == '/')
			*at = '-';
	char *path = mem_format("%s/%s", directory, name);
	FILE *out = fopen(path, "w");
	bool good = out && fputs(text, out) >= 0;
	if (out)
		good = fclose(out) == 0 && good;
	if (!good)
		fprintf(stderr, "%s cannot be written\n", path);
	free(path);
	free(name);
}

static char *choice_of(const struct trace *trace)
{
	struct trace chosen;

	trace_select(trace, &chosen);
	char *text = written(&chosen);
	trace_release(&chosen);
	return text;
}

static void keep_both(const struct program *program, const char *what, const struct trace *trace)
{
	char *chosen = choice_of(trace), *whole = written(trace), *name = mem_format("%s-whole", what);

	keep(program, what, chosen);
	keep(program, name, whole);
	free(name);
	free(whole);
	free(chosen);
}

/* How many runs were not as the first one. */
static int compare(struct workbook *workbook, const struct program *program, const struct results *results, int runs)
{
	struct trace *traces = mem_zeroed((size_t)runs, sizeof *traces);
	int different = runs;

	if (record_runs(workbook, program, results, (size_t)runs, traces) == 0) {
		char *first = choice_of(&traces[0]);
		different = 0;
		keep_both(program, "first", &traces[0]);
		for (int i = 1; i < runs; i++) {
			char *other = choice_of(&traces[i]);
			if (strcmp(first, other) != 0 && different++ == 0)
				keep_both(program, "other", &traces[i]);
			free(other);
		}
		free(first);
		for (int i = 0; i < runs; i++)
			trace_release(&traces[i]);
	}
	free(traces);
	printf("%-60s %d of %d differ\n", program->path, different, runs);
	fflush(stdout);
	return different;
}

/* What detectors say of the program, from the cache where it is there. */
static int judge_and_compare(struct workbook *workbook, const struct program *program, int runs)
{
	const struct judging_options options = {.repeat = 1};
	struct tasks tasks = {0};
	struct results results;
	char *error;
	int different = runs;

	for (size_t i = 0; detectors[i]; i++)
		tasks_add(&tasks, program, detectors[i]);
	if (judge_all(workbook, &tasks, &options, NULL, NULL, &results, &error) == 0)
		different = compare(workbook, program, &results, runs);
	else
		fprintf(stderr, "%s\n", error);
	free(error);
	results_release(&results);
	tasks_release(&tasks);
	return different;
}

int main(int argc, char **argv)
{
	int runs = argc > 1 ? atoi(argv[1]) : 0, at = 2, different = 0, programs = 0;
	char *root = getcwd(NULL, 0);
	struct workbook workbook;

	if (argc > 3 && strcmp(argv[2], "-o") == 0) {
		directory = argv[3];
		at = 4;
	}
	if (runs < 1 || !root || open_workbook(&workbook, root) != 0) {
		fprintf(stderr, "usage: build/traces RUNS [-o DIRECTORY] [WORD...]\n");
		return 2;
	}
	for (size_t i = 0; i < workbook.catalogue.count && !workbook.loop.interrupted; i++) {
		const struct program *program = &workbook.catalogue.programs[i];
		if (!is_asked_for(program, argv + at))
			continue;
		programs++;
		different += judge_and_compare(&workbook, program, runs) != 0;
	}
	printf("%d programs, %d runs of each: %d not the same\n", programs, runs, different);
	workbook_close(&workbook);
	free(root);
	return different != 0;
}

/* What check says of what was judged, and what it notes of a reader's attempt. See check.h. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "compiler.h"
#include "exercise.h"
#include "input.h"
#include "judge/toolchain.h"
#include "report/report.h"
#include "verdict/detector.h"

/* The compiler's words, once: they are the same for each flavour. 0, or a status when there is nothing to judge. */
static int tell_compiler(const struct check *check)
{
	for (size_t i = 0; i < check->results.count; i++) {
		const struct observation *seen = &check->results.items[i].seen;
		if (!check->results.items[i].bad_input)
			continue;
		const char *words = strchr(seen->why, '\n');
		char *shown = compiler_words(check->workbook.loop.root, words ? words + 1 : seen->why);
		char *path = compiler_words(check->workbook.loop.root, check->program.path);
		fputs(shown, stderr);
		int status = bad_input("%s does not compile; fix what the compiler says above%s", path,
				       compiler_hint(seen->why));
		free(path);
		free(shown);
		return status;
	}
	if (check_is_from_elsewhere(check)) {
		char *path = mem_format("%s/%s.log", check->directory, check->tasks.items[0].detector->flavour);
		char *warnings = file_read(path);
		char *shown = compiler_words(check->workbook.loop.root, warnings ? warnings : "");
		fputs(shown, stderr);
		free(shown);
		compiler_tell_pragmas(stderr, warnings ? warnings : "");
		free(warnings);
		free(path);
	}
	return 0;
}

static void tell_results(const struct check *check)
{
	FILE *out = output_is_standard(check->json) ? stderr : stdout;

	report_summary(out, style_of(out), check->workbook.loop.root, &check->results, check_is_from_elsewhere(check));
	if (check_is_from_elsewhere(check) && !check->outside.input &&
	    sources_mention(check->sources.items, check->sources.count, words_of_input))
		fputs("loose: its standard input was empty; give it one with < FILE\n", stderr);
	fflush(out);
}

int check_tell(struct check *check)
{
	int status = gated_end(&check->gated), written = 0;

	if (status == 0)
		status = tell_compiler(check);
	if (status)
		return status;
	status = status_of(&check->results);
	for (size_t i = 0; i < check->results.count; i++)
		if (check->results.items[i].verdict.observed == OBSERVED_FIRES && !check->results.items[i].expected &&
		    status == STATUS_AGREES)
			status = STATUS_DISAGREES;
	tell_results(check);
	if (check->json) {
		report_json(check->json_file.file, check->workbook.loop.root, &check->workbook.toolchain,
			    &check->results);
		written = output_close(&check->json_file);
	}
	return written ? written : status;
}

/* The verdict of other tools may be another. */
void check_tell_graders_tools(const struct check *check)
{
	char *graders = toolchain_differs(check->workbook.loop.root, &check->workbook.toolchain);
	char *own = toolchain_line(&check->workbook.toolchain);

	if (graders)
		fprintf(stderr, "loose: the grader has other tools, and may come to another verdict: %s; here: %s\n",
			graders, own);
	free(own);
	free(graders);
}

/* To standard error where standard output is for a tool. */
static void tell_what_next(const struct check *check, bool passed)
{
	const char *name = short_name(check->program.pitfall);
	FILE *out = output_is_standard(check->json) ? stderr : stdout;

	if (passed && !catalogue_program(&check->workbook.catalogue, check->program.pitfall, "solution"))
		fputs("\nPassed. This workbook has no solutions to compare with; ./loose next goes on.\n", out);
	else if (passed)
		fprintf(out,
			"\nPassed. Read now: exercises/%s/README.md, 'When it passes'; ./loose solution %s shows ours. "
			"./loose next goes on.\n",
			check->program.pitfall, name);
	else
		fprintf(out, "\nNot yet. ./loose hint %s gives a hint, one at a time.\n", name);
}

/* The reader's own file of an exercise, by the name of its copy or by that of its starter; not what others hand in. */
void check_note_attempt(struct check *check, int status)
{
	const struct catalogue *catalogue = &check->workbook.catalogue;
	const struct program *program = &check->program;

	if (!program->submission || (status != STATUS_AGREES && status != STATUS_DISAGREES))
		return;
	const struct program *starter = catalogue_program(catalogue, program->pitfall, "starter");
	char *copy = starter ? copy_path(starter) : NULL;
	if (copy && (strcmp(program->path, copy) == 0 || strcmp(program->path, starter->path) == 0)) {
		reader_note_attempt(&check->reader, program->pitfall, status == STATUS_AGREES);
		tell_what_next(check, status == STATUS_AGREES);
	}
	free(copy);
}

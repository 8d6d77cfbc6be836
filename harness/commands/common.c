#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "judge/trust.h"
#include "report/report.h"
#include "verdict/detector.h"

/* One line, whatever is named in it. */
static void complain(const char *format, va_list args)
{
	struct text text;

	vfprintf(text_open(&text), format, args);
	char *said = text_close(&text), *line = text_escape(said);
	fprintf(stderr, "loose: %s\n", line);
	free(line);
	free(said);
}

int bad_input(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	return STATUS_BAD_INPUT;
}

int cannot_judge(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain(format, args);
	va_end(args);
	return STATUS_CANNOT_JUDGE;
}

int cannot_build(const char *what, const char *error)
{
	size_t length = strlen(error);

	if (!strchr(error, '\n'))
		return cannot_judge("%s: %s", what, error);
	fprintf(stderr, "%s%s", error, error[length - 1] == '\n' ? "" : "\n");
	return cannot_judge("%s: not built; the lines above say why", what);
}

int find_named(const struct catalogue *catalogue, const char *word, bool chapters, struct named *named)
{
	char *error = names_find(catalogue, word, chapters, named);

	if (!error)
		return 0;
	int status = bad_input("%s", error);
	free(error);
	return status;
}

int open_workbook(struct workbook *workbook, const char *root)
{
	int error = workbook_open(workbook, root);

	return error ? cannot_judge("cannot start an event loop: %s", strerror(error)) : STATUS_AGREES;
}

int ensure_trust(struct workbook *workbook, const struct detector *const *which, const struct judging_options *options)
{
	char *problem = trust_problem(workbook, which, options);
	int status = problem ? cannot_judge("%s", problem) : STATUS_AGREES;

	free(problem);
	return status;
}

/*
 * What one detector cannot watch, others decide, if one of those that look for races could judge the program. A declared
 * verdict is missing all the same.
 */
static bool others_decide(const struct results *results, const struct result *unfit)
{
	for (size_t i = 0; i < results->count && unfit->seen.fault == FAULT_UNFIT && !unfit->expected; i++) {
		const struct result *other = &results->items[i];
		if (other->program == unfit->program && other->detector->races &&
		    other->verdict.observed != OBSERVED_ERROR)
			return true;
	}
	return false;
}

int status_of(const struct results *results)
{
	bool bad = false, differs = false, unjudged = false;

	if (results->unkept)
		fprintf(stderr, "loose: %s\n", results->unkept);
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (result->verdict.agrees || others_decide(results, result))
			continue;
		bad = bad || result->bad_input;
		bool tools = result->seen.fault == FAULT_DETECTOR || result->seen.fault == FAULT_UNFIT;
		unjudged = unjudged || tools;
		differs = differs || (!result->bad_input && !tools);
	}
	if (bad)
		return STATUS_BAD_INPUT;
	if (unjudged)
		return STATUS_CANNOT_JUDGE;
	return differs ? STATUS_DISAGREES : STATUS_AGREES;
}

/* Its prompt says how to get out, since a command may ask the reader something afterwards. Tabs as in the excerpts. */
static const char less[] = "less -FRX -x4 -Ps'?e(END) .Space shows more, q ends the reading' 2>/dev/null || cat";

int page(const char *text)
{
	const char *pager = getenv("PAGER");
	FILE *out = NULL;

	fflush(stdout);
	if (isatty(STDOUT_FILENO))
		out = popen(pager && *pager ? pager : less, "w");
	fputs(text, out ? out : stdout);
	if (out)
		pclose(out);
	return STATUS_AGREES;
}

bool output_is_standard(const char *path)
{
	return path && (strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0);
}

static void output_release(struct output *output)
{
	free(output->path);
	free(output->temporary);
	*output = (struct output){0};
}

/* A full disk is not the caller's mistake. */
static int cannot_write(const char *path, int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return cannot_judge("cannot write '%s': %s; make room, or name a file on another disk", path,
				    strerror(error));
	default:
		return bad_input("cannot write '%s': %s; name a file in a directory that you can write", path,
				 strerror(error));
	}
}

/* Those of processes that were killed before they had put theirs in the file's place: "PATH.PID.new". */
static void sweep_temporaries(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	char *place = slash ? mem_copy_n(path, (size_t)(slash - path) + 1) : mem_copy("."), *end;
	DIR *directory = opendir(place);
	size_t length = strlen(name);

	for (struct dirent *entry; directory && (entry = readdir(directory));) {
		if (strncmp(entry->d_name, name, length) != 0 || entry->d_name[length] != '.')
			continue;
		long pid = strtol(entry->d_name + length + 1, &end, 10);
		if (pid > 0 && strcmp(end, ".new") == 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH)
			unlinkat(dirfd(directory), entry->d_name, 0);
	}
	if (directory)
		closedir(directory);
	free(place);
}

int output_open(struct output *output, const char *path)
{
	struct stat there;
	bool standard = strcmp(path, "-") == 0;
	/* What is not a plain file is written as it is: a device, a pipe, a link such as /dev/stdout. */
	bool old = !standard && lstat(path, &there) == 0, plain = !standard && (!old || S_ISREG(there.st_mode));

	/* It will be put in the place of the old one, which may be somebody's who keeps it: told now, not after the run. */
	if (old && access(path, W_OK) != 0 && errno != ENOENT)
		return cannot_write(path, errno);

	output->path = mem_copy(standard ? "standard output" : path);
	output->temporary = plain ? mem_format("%s.%ld.new", path, (long)getpid()) : mem_copy(output->path);
	if (plain)
		sweep_temporaries(path);
	output->file = standard ? stdout : fopen(output->temporary, "we");
	if (output->file)
		return 0;
	int status = cannot_write(path, errno);
	output_release(output);
	return status;
}

static void output_end(struct output *output)
{
	if (output->file != stdout)
		fclose(output->file);
	output_release(output);
}

void output_discard(struct output *output)
{
	if (!output->file)
		return;
	if (strcmp(output->path, output->temporary) != 0)
		unlink(output->temporary);
	output_end(output);
}

int output_close(struct output *output)
{
	bool device = strcmp(output->path, output->temporary) == 0, good = !ferror(output->file);
	int status = 0;

	/* A write that failed has left its reason in errno only if nothing else has failed since: flush again to have it. */
	if (fflush(output->file) != 0 || !good)
		good = false;
	if (good && !device)
		good = rename(output->temporary, output->path) == 0;
	if (!good)
		status = cannot_write(output->path, errno);
	if (!good && !device)
		unlink(output->temporary);
	output_end(output);
	return status;
}

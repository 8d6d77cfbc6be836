/* Small programs with the monitor preloaded, and what they report. A file that includes this defines _GNU_SOURCE. */
#ifndef LOOSE_TESTS_MONITORED_H
#define LOOSE_TESTS_MONITORED_H

#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "detectors/budget/budget_findings.h"
#include "detectors/budget/budget_report.h"
#include "tests/unit/channel_wait.h"
#include "verdict/budget.h"

enum { MAX_PROCESSES = 16 };
#define PROGRAMS "build/plain/bin/harness/tests/programs"
#define TSAN_PROGRAMS "build/tsan/bin/harness/tests/programs"

static char root[PATH_MAX], directory[] = "/tmp/test-monitor.XXXXXX";

/* What the last run left. */
static struct {
	pid_t pid;
	int status; /* as waitpid() gives it */
	char *output;
	struct budget_report reports[MAX_PROCESSES];
	size_t count;
	const struct budget_image *image; /* the first one of the program itself */
} ran;

static inline void enter_directory(void)
{
	cr_assert(getcwd(root, sizeof root));
	cr_assert(mkdtemp(directory));
}

static inline void forget(void)
{
	for (size_t i = 0; i < ran.count; i++)
		budget_report_release(&ran.reports[i]);
	free(ran.output);
	memset(&ran, 0, sizeof ran);
}

static inline void empty_directory(void)
{
	char *pattern = mem_format("%s/*", directory);
	glob_t found;

	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	free(pattern);
}

static inline void leave_directory(void)
{
	forget();
	empty_directory();
	rmdir(directory);
}

static inline char *file_text(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *text = mem_zeroed(1, 4 << 20);

	cr_assert(file, "there is no '%s'", path);
	*length = fread(text, 1, (4 << 20) - 1, file);
	fclose(file);
	return text;
}

static inline void read_reports(struct channel *channel)
{
	const struct process_report *reports = channel_reports(channel, CHANNEL_BUDGET, &ran.count);

	cr_assert_null(channel_fault(channel), "%s", channel_fault(channel));
	cr_assert(ran.count <= MAX_PROCESSES);
	for (size_t i = 0; i < ran.count; i++) {
		struct budget_report *report = &ran.reports[i];
		budget_report_read(reports[i].bytes, reports[i].length, report);
		cr_assert(report->complete, "not complete: %s", reports[i].bytes);
		cr_assert_eq(report->pid, reports[i].pid);
		if (report->pid == ran.pid)
			ran.image = &report->images[0];
	}
}

/* The environment of the run, with the monitor or without; the caller frees the variables and the array. */
static inline char **environment_of(const char *program, const char *bounds, bool watched)
{
	char **list = mem_zeroed(6, sizeof *list);
	size_t count = 0;

	list[count++] = mem_format("PATH=%s", getenv("PATH"));
	if (!watched)
		return list;
	list[count++] = mem_format("LD_PRELOAD=%s/build/monitor.so", root);
	list[count++] = mem_format(CHANNEL_VARIABLE "=%0*d", CHANNEL_DIGITS, CHANNEL_DESCRIPTOR);
	list[count++] = mem_format("LOOSE_PROGRAM=%s", program);
	list[count] = mem_format("LOOSE_BUDGET=%s", bounds ? bounds : "");
	return list;
}

/* Runs argv, which becomes `program`, waits for its end, and reads what its processes have reported. */
static inline void run_command(char **argv, const char *program, const char *bounds, bool watched)
{
	char *output = mem_format("%s/output", directory), **environment = environment_of(program, bounds, watched);
	posix_spawn_file_actions_t actions;
	struct channel *channel;
	size_t length;
	int end;

	forget();
	empty_directory();
	cr_assert(channel = channel_new(&end));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	if (watched)
		posix_spawn_file_actions_adddup2(&actions, end, CHANNEL_DESCRIPTOR);
	int error = posix_spawnp(&ran.pid, argv[0], &actions, NULL, argv, environment);
	cr_assert_eq(error, 0, "cannot start '%s': %s", argv[0], strerror(error));
	posix_spawn_file_actions_destroy(&actions);
	close(end);
	ran.status = channel_wait(channel, ran.pid);
	ran.output = file_text(output, &length);
	read_reports(channel);
	channel_free(channel);
	for (char **variable = environment; *variable; variable++)
		free(*variable);
	free(environment);
	free(output);
}

static inline void run_with(const char *name, const char *argument, const char *bounds, bool watched)
{
	char *program = mem_format("%s/" PROGRAMS "/%s", root, name);
	char *argv[] = {program, (char *)(uintptr_t)argument, NULL};

	run_command(argv, program, bounds, watched);
	free(program);
}

static inline void run(const char *name, const char *argument, const char *bounds)
{
	run_with(name, argument, bounds, true);
	cr_assert_eq(ran.status, 0, "%s: status %x, %s", name, (unsigned)ran.status, ran.output);
	cr_assert(ran.image, "%s left no report: is build/monitor.so there?", name);
	cr_assert_null(ran.image->lost);
}

static inline const struct figure *figure_in(const struct budget_image *image, const char *name)
{
	const struct figure *figure = figures_find(&image->figures, name);

	cr_assert(figure, "there is no figure '%s'", name);
	return figure;
}

/* The report of the n-th process that the program forked. */
static inline const struct budget_report *child(size_t n)
{
	for (size_t i = 0; i < ran.count; i++)
		if (ran.reports[i].parent == ran.pid && n-- == 0)
			return &ran.reports[i];
	cr_assert(false, "there are not as many children");
	return NULL;
}

#endif

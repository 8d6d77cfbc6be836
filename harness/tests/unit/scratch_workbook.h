/*
 * A workbook of our own, with a make of our own: its programs are shell scripts,
 * so that a judging takes milliseconds, and its make fails as it is told to. The
 * real supervisor runs them. The test's process is the harness.
 */
#ifndef LOOSE_TESTS_SCRATCH_WORKBOOK_H
#define LOOSE_TESTS_SCRATCH_WORKBOOK_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "exec/runner.h"
#include "judge/workbook.h"

struct scratch_workbook {
	char root[PATH_MAX];
	char *path; /* PATH before */
	struct workbook workbook;
};

/*
 * A program's "source" is the script that it becomes. FAKE_MAKE tells what goes
 * wrong: "die" (by SIGKILL, after the first), "hang" (after the first).
 * What has "oops" in it does not compile.
 */
static const char scratch_make[] =
	"#!/bin/sh\n"
	"status=0\n"
	"for goal do\n"
	"	case $goal in ready/*) ;; *) continue ;; esac\n"
	"	target=${goal#ready/} source=${goal#ready/build/*/bin/}.c\n"
	"	mkdir -p ${target%/*}\n"
	"	if grep -q oops $source; then\n"
	"		echo \"$source:1: error: oops\" >$target.log; cat $target.log >&2; status=2\n"
	"		continue\n"
	"	fi\n"
	"	cp $source $target && chmod +x $target && echo ready $target\n"
	"	case $FAKE_MAKE in\n"
	"	die) kill -9 $$ ;;\n"
	"	hang) exec sleep 1000 ;;\n"
	"	esac\n"
	"done\n"
	"exit $status\n";

static inline void scratch_file(const struct scratch_workbook *scratch, const char *name, const char *text)
{
	char *path = mem_format("%s/%s", scratch->root, name);
	FILE *file = fopen(path, "w");

	cr_assert(file && fputs(text, file) >= 0 && fclose(file) == 0, "%s", path);
	cr_assert_eq(chmod(path, 0755), 0);
	free(path);
}

static inline void scratch_directory(const struct scratch_workbook *scratch, const char *name)
{
	char *path = mem_format("%s/%s", scratch->root, name);

	cr_assert_eq(mkdir(path, 0777), 0, "%s", path);
	free(path);
}

static inline void scratch_workbook_open(struct scratch_workbook *scratch)
{
	static const char *const directories[] = {"build", "bin", "p"};
	static const char *const parts[] = {"supervisor", "monitor.so", "closes.so", "runner"};
	char here[PATH_MAX - 64];

	cr_assert(getcwd(here, sizeof here));
	snprintf(scratch->root, sizeof scratch->root, "%s/build/unit.XXXXXX", here);
	cr_assert(mkdtemp(scratch->root));
	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		scratch_directory(scratch, directories[i]);
	scratch_file(scratch, "bin/make", scratch_make);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char *part = mem_format("%s/build/%s", scratch->root, parts[i]),
		     *real = mem_format("%s/build/%s", here, parts[i]);
		cr_assert_eq(symlink(real, part), 0);
		free(real);
		free(part);
	}
	scratch->path = mem_copy(getenv("PATH"));
	char *path = mem_format("%s/bin:%s", scratch->root, scratch->path);
	setenv("PATH", path, 1);
	free(path);
	scratch->workbook = (struct workbook){.toolchain = {.clang = mem_copy("1"),
							    .valgrind = mem_copy("2"),
							    .glibc = mem_copy("3"),
							    .kernel = mem_copy("4")}};
	cr_assert_eq(loop_start(&scratch->workbook.loop, scratch->root), 0);
}

static inline void scratch_workbook_close(struct scratch_workbook *scratch)
{
	workbook_close(&scratch->workbook);
	run_remove(scratch->root);
	setenv("PATH", scratch->path, 1);
	free(scratch->path);
}

/* How many there are in a directory of the scratch workbook. */
static inline size_t scratch_entries(const struct scratch_workbook *scratch, const char *directory)
{
	char *command = mem_format("ls -A '%s/%s' 2>/dev/null | wc -l", scratch->root, directory);
	FILE *out = popen(command, "r");
	size_t count = 999;

	cr_assert(out && fscanf(out, "%zu", &count) == 1);
	pclose(out);
	free(command);
	return count;
}

#endif

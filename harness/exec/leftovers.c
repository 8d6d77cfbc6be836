#include "leftovers.h"

#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "control_group.h"
#include "runner.h"

/* In ticks since the machine started; 0 when there is no such process. */
static unsigned long long start_of(long pid)
{
	char *path = mem_format("/proc/%ld/stat", pid), *text = file_read(path);
	const char *at = text ? strrchr(text, ')') : NULL;
	unsigned long long start = 0;

	/* ") S" and 18 numbers stand in front of it. */
	for (int field = 0; at && field < 20; field++)
		at = strchr(at + 1, ' ');
	if (at)
		start = strtoull(at, NULL, 10);
	free(text);
	free(path);
	return start;
}

/* Several machines may share the workbook, and a number of a process means one of its own machine's. */
static unsigned this_machine(void)
{
	char name[256] = "";
	unsigned hash = 2166136261U;

	gethostname(name, sizeof name - 1);
	for (const char *at = name; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619U;
	return hash;
}

char *leftovers_maker(void)
{
	long pid = (long)getpid();

	return mem_format("%ld-%llu-%x", pid, start_of(pid), this_machine());
}

char *leftovers_name(const char *name)
{
	char *maker = leftovers_maker(), *path = mem_format("build/run/%s.%s", maker, name);

	free(maker);
	return path;
}

static bool is_gone(long pid)
{
	return pid > 0 && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* "PID-START-MACHINE.NAME"; before there was a MACHINE or a START, "PID-START.NAME" and "PID.NAME". */
static bool maker_is_gone(const char *name)
{
	char *end, *after = NULL;
	long pid = strtol(name, &end, 10);
	unsigned long long start = *end == '-' ? strtoull(end + 1, &after, 10) : 0;

	/* Of another machine nothing can be said. */
	if (after && *after == '-' && strtoul(after + 1, NULL, 16) != this_machine())
		return false;
	if (is_gone(pid))
		return true;
	return pid > 0 && after && start != start_of(pid);
}

/* A link leads to a control group; one whose processes do not end is kept for the next time. */
static void remove_made(const char *path)
{
	struct stat file;

	if (lstat(path, &file) == 0 && S_ISLNK(file.st_mode))
		control_group_sweep(path);
	else
		run_remove(path);
}

static void sweep_made(const char *root, const char *directory)
{
	char *pattern = mem_format("%s/%s/*.*", root, directory);
	glob_t found = {0};

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			if (maker_is_gone(strrchr(found.gl_pathv[i], '/') + 1))
				remove_made(found.gl_pathv[i]);
	globfree(&found);
	free(pattern);
}

/* Criterion's names have no start: one that another process has got meanwhile is swept when that is gone. Only this user's. */
static void sweep_named(const char *pattern, const char *before)
{
	glob_t found = {0};
	struct stat file;

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *path = found.gl_pathv[i];
			if (is_gone(strtol(strrchr(path, '/') + 1 + strlen(before), NULL, 10)) &&
			    lstat(path, &file) == 0 && file.st_uid == geteuid())
				unlink(path);
		}
	globfree(&found);
}

void leftovers_sweep(const char *root)
{
	sweep_made(root, "build/run");
	sweep_made(root, "build/submissions");
	sweep_named("/dev/shm/bxfi_[0-9]*", "bxfi_");
	sweep_named("/tmp/criterion_[0-9]*.sock", "criterion_");
}

#include "scratch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *vformatted(const char *format, va_list args)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	cr_assert(out);
	vfprintf(out, format, args);
	fclose(out);
	return text;
}

static char *formatted(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *text = vformatted(format, args);
	va_end(args);
	return text;
}

static void shell(const char *command)
{
	cr_assert_eq(system(command), 0, "%s", command);
}

/*
 * What of a workbook is the same for every test, and takes longer to compile than most tests take. It outlives the test, in
 * the workbook's place, for paths stand in it; make tells whether it is still good.
 */
#define KEPT                                                                                                           \
	"build/toolchain build/plain/kit.a build/plain/obj/harness build/plain/obj/chapters/kit "                      \
	"build/plain/bin/harness build/tsan/kit.a build/tsan/obj/harness build/tsan/obj/chapters/kit "                 \
	"build/tsan/bin/harness"

/*
 * What the detectors said of the doctor's programs, which is what each test of a command that judges would begin with: a
 * sixth part of a minute. Of the cache these lines alone are kept, by the programs' build ids.
 */
#define KEEP_TRUST                                                                                                     \
	"if [ -d kept/build ]; then "                                                                                  \
	"LC_ALL=C readelf -n kept/build/*/bin/harness/selftest/* 2>/dev/null | sed -n 's/.*Build ID: //p' >kept/ids;"  \
	"cat build/cache trusted 2>/dev/null | grep -aFf kept/ids >kept/build/cache || rm kept/build/cache;"           \
	"rm kept/ids; fi;"

/* Several programs of tests may run at once. The lock is the process's: it ends with it, however it ends. */
static bool take_place(struct scratch *scratch, int number)
{
	char path[sizeof scratch->root + 8], here[PATH_MAX];

	cr_assert(getcwd(here, sizeof here));
	snprintf(scratch->root, sizeof scratch->root, "%s/build/scratch.%d", here, number);
	snprintf(path, sizeof path, "%s.lock", scratch->root);
	scratch->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	cr_assert_geq(scratch->lock, 0, "%s", path);
	if (flock(scratch->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	close(scratch->lock);
	return false;
}

/* What a test has left that did not come to its end is nothing to build on, and its processes may still be at it. */
static bool is_clean(const struct scratch *scratch)
{
	char *command =
		formatted("cd '%s' 2>/dev/null || exit 0; [ \"$(ls -A)\" = kept ] || { cd ..; rm -rf '%s'; exit 1; }",
			  scratch->root, scratch->root);
	bool clean = system(command) == 0;

	free(command);
	return clean;
}

static void find_place(struct scratch *scratch)
{
	for (int number = 0;; number++) {
		if (!take_place(scratch, number))
			continue;
		if (is_clean(scratch))
			return;
		close(scratch->lock);
	}
}

void scratch_make_of(struct scratch *scratch, const char *pitfall)
{
	find_place(scratch);
	scratch->timeout = 100;
	snprintf(scratch->path, sizeof scratch->path, "%s", getenv("PATH"));
	char *command = formatted(
		"set -e; mkdir -p '%s'; cd '%s'; if [ -d kept/build ]; then mv kept/build .; fi; rm -rf kept;"
		"mkdir -p bin build/plain/obj build/tsan/obj; ln -s ../../Makefile ../../harness .;"
		"ln -s ../../loose ../../supervisor ../../inside ../../monitor.so ../../closes.so ../../runner build/;"
		"p='%s'; for tree in chapters exercises solutions; do mkdir -p $tree; [ -d ../../$tree/$p ] || continue; "
		"mkdir -p $tree/$p; cp -r ../../$tree/$p/. $tree/$p; done; [ -d exercises/$p ] || [ -d chapters/$p ];"
		"ln -s ../../../chapters/kit chapters/kit",
		scratch->root, scratch->root, pitfall);
	shell(command);
	free(command);
}

void scratch_make(struct scratch *scratch)
{
	scratch_make_of(scratch, PITFALL);
}

void scratch_remove(struct scratch *scratch)
{
	char *command = formatted("set -e; cd '%s'; mkdir kept; for part in " KEPT "; do if [ -e $part ]; then "
				  "mkdir -p kept/${part%%/*}; mv $part kept/$part; fi; done;" KEEP_TRUST
				  "find . -mindepth 1 -maxdepth 1 ! -name kept -exec rm -rf {} +",
				  scratch->root);

	shell(command);
	free(command);
	close(scratch->lock);
}

static char *read_whole(const char *path)
{
	char *text = NULL, buffer[4096];
	size_t size, got;
	FILE *in = fopen(path, "r");

	cr_assert(in, "%s", path);
	FILE *out = open_memstream(&text, &size);
	while ((got = fread(buffer, 1, sizeof buffer, in)) > 0)
		fwrite(buffer, 1, got, out);
	fclose(out);
	fclose(in);
	return text;
}

/* Of a command that writes into out and err; it is freed. */
static struct outcome outcome_of(const struct scratch *scratch, char *command)
{
	int status = system(command);
	struct outcome outcome = {
		.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
		.out = scratch_read(scratch, "out"),
		.err = scratch_read(scratch, "err"),
	};

	free(command);
	return outcome;
}

struct outcome scratch_loose_in(const struct scratch *scratch, const char *directory, const char *environment,
				const char *arguments)
{
	char *command = formatted(
		"cd '%s/%s' && %s PATH='%s' LOOSE_ROOT='%s' '%s/build/loose' %s >'%s/out' 2>'%s/err' </dev/null",
		scratch->root, directory, environment, scratch->path, scratch->root, scratch->root, arguments,
		scratch->root, scratch->root);
	return outcome_of(scratch, command);
}

struct outcome scratch_loose(const struct scratch *scratch, const char *arguments)
{
	char *command = formatted("PATH='%s' LOOSE_ROOT='%s' build/loose %s >'%s/out' 2>'%s/err' </dev/null",
				  scratch->path, scratch->root, arguments, scratch->root, scratch->root);
	return outcome_of(scratch, command);
}

struct outcome scratch_expect(const struct scratch *scratch, int status, const char *arguments)
{
	struct outcome outcome = scratch_loose(scratch, arguments);

	cr_assert_eq(outcome.status, status, "%s: %d\n%s%s", arguments, outcome.status, outcome.out, outcome.err);
	return outcome;
}

void scratch_shell(const struct scratch *scratch, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	char *command = vformatted(format, args), *all = formatted("cd '%s' && %s", scratch->root, command);
	va_end(args);
	shell(all);
	free(all);
	free(command);
}

void outcome_release(struct outcome *outcome)
{
	free(outcome->out);
	free(outcome->err);
}

char *scratch_read(const struct scratch *scratch, const char *path)
{
	char *full = formatted("%s/%s", scratch->root, path), *text = read_whole(full);

	free(full);
	return text;
}

void scratch_write(const struct scratch *scratch, const char *path, const char *text)
{
	char *full = formatted("%s/%s", scratch->root, path);
	FILE *out = fopen(full, "w");

	cr_assert(out && fputs(text, out) >= 0 && fclose(out) == 0, "%s", full);
	free(full);
}

void scratch_replace(const struct scratch *scratch, const char *path, const char *old, const char *new)
{
	char *text = scratch_read(scratch, path), *at = strstr(text, old);

	cr_assert(at, "'%s' is not in %s", old, path);
	char *changed = formatted("%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
	scratch_write(scratch, path, changed);
	free(changed);
	free(text);
}

void scratch_tool(struct scratch *scratch, const char *name, const char *script)
{
	char *path = formatted("bin/%s", name), *full = formatted("%s/%s", scratch->root, path);

	scratch_write(scratch, path, script);
	cr_assert_eq(chmod(full, 0755), 0);
	/* What is known of the detectors is of another one; the next test has that one again. */
	if (strcmp(name, "valgrind") == 0)
		scratch_shell(scratch, "if [ -f build/cache ]; then mv build/cache trusted; fi");
	snprintf(scratch->path, sizeof scratch->path, "%s/bin:%s", scratch->root, getenv("PATH"));
	free(full);
	free(path);
}

bool scratch_left_behind(const struct scratch *scratch)
{
	bool found = false;
	glob_t processes;

	cr_assert_eq(glob("/proc/[0-9]*/cmdline", 0, NULL, &processes), 0);
	for (size_t i = 0; i < processes.gl_pathc; i++) {
		char line[4096];
		FILE *file = fopen(processes.gl_pathv[i], "r");
		size_t length = file ? fread(line, 1, sizeof line - 1, file) : 0;
		for (size_t j = 0; j < length; j++)
			line[j] = line[j] ? line[j] : ' ';
		line[length] = '\0';
		found = found || strstr(line, scratch->root);
		if (file)
			fclose(file);
	}
	globfree(&processes);
	return found;
}

json_t *scratch_verify(const struct scratch *scratch, const char *detector, const char *program, int *status)
{
	char *file = formatted("%s/json", scratch->root);
	char *arguments =
		formatted("verify --chapters --timeout %d --detector %s --json '%s'", scratch->timeout, detector, file);

	/* Where nothing is judged nothing is written, and one of an earlier call would be read. */
	unlink(file);
	struct outcome outcome = scratch_loose(scratch, arguments);
	json_t *all = json_load_file(file, 0, NULL), *found = NULL, *result;
	size_t i;

	*status = outcome.status;
	json_array_foreach(json_object_get(all, "results"), i, result)
		if (strcmp(result_text(result, "program"), program) == 0)
			found = json_incref(result);
	if (!found)
		fprintf(stderr, "%s%s", outcome.out, outcome.err);
	json_decref(all);
	outcome_release(&outcome);
	free(arguments);
	free(file);
	return found;
}

const char *result_text(const json_t *result, const char *key)
{
	const char *text = json_string_value(json_object_get(result, key));

	return text ? text : "";
}

#include "unchanged.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "wire/siphash.h"

extern char **environ;

/*
 * YOUNG_NS: some file systems count in steps of two seconds. MOST_LINES: the requests that are remembered; a reader has few,
 * and what is forgotten is only asked again.
 */
enum { MOST_LINES = 16 };
#define YOUNG_NS 3000000000LL

static const char *const sources[] = {"Makefile", "chapters", "exercises", "solutions", "harness", NULL};
/* Those that make starts; the Makefile looks at the first one itself. */
static const char *const tools[] = {"clang", "ar", "ld", "ld.gold", "make", NULL};

static uint64_t hash(const char *text)
{
	static const unsigned char secret[16];

	return siphash(secret, text, strlen(text));
}

/* --- the tree --- */

/* Sums, for a directory may list its files in another order. */
static struct {
	uint64_t sum;
	long long newest_ns;
	bool whole; /* all was looked at: else the sum says nothing */
} walked;

static void begin_walk(void)
{
	walked.sum = 0;
	walked.newest_ns = 0;
	walked.whole = true;
}

static long long in_ns(struct timespec time)
{
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void take(const char *path, const struct stat *file)
{
	static const unsigned char secret[16];
	long long changed = in_ns(file->st_ctim), modified = in_ns(file->st_mtim);
	const uint64_t numbers[] = {file->st_dev,  file->st_ino,       (uint64_t)file->st_size,
				    file->st_mode, (uint64_t)modified, (uint64_t)changed};
	unsigned char all[sizeof numbers + PATH_MAX];
	size_t length = strlen(path);

	memcpy(all, numbers, sizeof numbers);
	memcpy(all + sizeof numbers, path, length);
	walked.sum += siphash(secret, all, sizeof numbers + length);
	if (changed > walked.newest_ns)
		walked.newest_ns = changed;
	if (modified > walked.newest_ns)
		walked.newest_ns = modified;
}

/* A path that grows and shrinks as the walk goes down and up: at most PATH_MAX with its end. */
struct trail {
	char path[PATH_MAX];
	size_t length;
	bool linked; /* through a link to a directory */
};

static bool step_into(struct trail *trail, const char *name)
{
	size_t length = strlen(name);

	if (trail->length + 1 + length >= sizeof trail->path)
		return false;
	trail->path[trail->length] = '/';
	memcpy(trail->path + trail->length + 1, name, length + 1);
	trail->length += 1 + length;
	return true;
}

static void step_back(struct trail *trail, size_t length)
{
	trail->length = length;
	trail->path[length] = '\0';
}

static void walk_directory(int above, const char *name, struct trail *trail);

/* What a link means counts as well. One within another may lead round in a circle: then make shall decide. */
static void take_link(int directory, const char *name, struct trail *trail)
{
	struct stat meant;

	if (fstatat(directory, name, &meant, 0) != 0)
		return;
	take(trail->path, &meant);
	if (!S_ISDIR(meant.st_mode))
		return;
	if (trail->linked) {
		walked.whole = false;
		return;
	}
	trail->linked = true;
	walk_directory(directory, name, trail);
	trail->linked = false;
}

static void walk_entry(int directory, const char *name, struct trail *trail)
{
	size_t length = trail->length;
	struct stat file;

	if (!step_into(trail, name) || fstatat(directory, name, &file, AT_SYMLINK_NOFOLLOW) != 0) {
		walked.whole = false;
	} else {
		take(trail->path, &file);
		if (S_ISDIR(file.st_mode))
			walk_directory(directory, name, trail);
		else if (S_ISLNK(file.st_mode))
			take_link(directory, name, trail);
	}
	step_back(trail, length);
}

static void walk_directory(int above, const char *name, struct trail *trail)
{
	int file = openat(above, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *directory = file < 0 ? NULL : fdopendir(file);

	if (!directory) {
		walked.whole = false;
		if (file >= 0)
			close(file);
		return;
	}
	errno = 0;
	for (struct dirent *entry; (entry = readdir(directory)); errno = 0)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			walk_entry(file, entry->d_name, trail);
	if (errno)
		walked.whole = false;
	closedir(directory);
}

/* The sources. One that is not there counts as such. */
static void walk(const char *root)
{
	int top = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	begin_walk();
	walked.whole = top >= 0;
	for (const char *const *name = sources; *name && walked.whole; name++) {
		struct trail trail = {.length = strlen(*name)};
		struct stat file;
		strcpy(trail.path, *name);
		if (fstatat(top, *name, &file, 0) == 0) {
			take(*name, &file);
			if (S_ISDIR(file.st_mode))
				walk_directory(top, *name, &trail);
		} else if (errno != ENOENT) {
			walked.whole = false;
		}
	}
	if (top >= 0)
		close(top);
}

/* What was asked for, and the record of the compiler and its flags. All of it must be there. */
static void look_at_products(const struct unchanged *unchanged)
{
	int top = open(unchanged->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	begin_walk();
	walked.whole = top >= 0;
	for (size_t i = 0; i <= unchanged->count && walked.whole; i++) {
		const char *path = i < unchanged->count ? unchanged->targets[i] : "build/toolchain";
		struct stat file;
		walked.whole = strlen(path) < PATH_MAX && fstatat(top, path, &file, 0) == 0;
		if (walked.whole)
			take(path, &file);
	}
	if (top >= 0)
		close(top);
}

/* --- what a request depends on beside it --- */

/* The first file of that name in PATH. */
static uint64_t hash_of_tool(const char *name)
{
	const char *at = getenv("PATH");
	uint64_t sum = hash(name);

	while (at && *at) {
		size_t length = strcspn(at, ":");
		char *path = mem_format("%.*s/%s", (int)length, at, name);
		struct stat file;
		bool found = strlen(path) < PATH_MAX && access(path, X_OK) == 0 && stat(path, &file) == 0 &&
			     S_ISREG(file.st_mode);
		if (found) {
			begin_walk();
			take(path, &file);
			sum += walked.sum;
		}
		free(path);
		if (found)
			break;
		at += length + (at[length] == ':');
	}
	return sum;
}

/* make takes every variable for one of its own. These change from call to call, or from one terminal to the next. */
static bool matters(const char *variable)
{
	static const char *const idle[] = {
		"_=", "SHLVL=", "PWD=", "OLDPWD=", "TERM=", "LINES=", "COLUMNS=", "WINDOWID=", "LOOSE_ROOT="};

	for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
		if (strncmp(variable, idle[i], strlen(idle[i])) == 0)
			return false;
	return true;
}

static bool is_of_workbook(const char *target)
{
	static const char *const starts[] = {"chapters/", "exercises/", "solutions/", "harness/"};
	const char *name = strstr(target, "/bin/");

	for (size_t i = 0; name && i < sizeof starts / sizeof *starts; i++)
		if (strncmp(name + strlen("/bin/"), starts[i], strlen(starts[i])) == 0)
			return strncmp(target, "build/", strlen("build/")) == 0;
	return false;
}

/* --- what is written down: lines of a request's key and the tree's sum, the newest first --- */

static char *path_of_record(const char *root)
{
	return mem_format("%s/build/unchanged", root);
}

static bool is_recorded(const char *root, const char *line)
{
	char *path = path_of_record(root), *text = file_read(path);
	bool found = text && strstr(text, line);

	free(text);
	free(path);
	return found;
}

static char *line_of(uint64_t key, uint64_t tree)
{
	return mem_format("%016" PRIx64 " %016" PRIx64 "\n", key, tree);
}

/* The record with this line first, and no other of its request. */
static char *record_with(const char *old, const char *line)
{
	struct text text;
	FILE *out = text_open(&text);
	size_t length = strlen(line);

	fputs(line, out);
	for (int lines = 1; strlen(old) >= length && lines < MOST_LINES; old += length)
		if (strncmp(old, line, 16) != 0) {
			fprintf(out, "%.*s", (int)length, old);
			lines++;
		}
	return text_close(&text);
}

/* Under another name until it is whole. */
static void write_record(const char *root, const char *line)
{
	char *path = path_of_record(root), *made = mem_format("%s.%ld", path, (long)getpid());
	char *old = file_read(path), *text = record_with(old ? old : "", line);
	FILE *file = fopen(made, "we");
	bool good = file && fputs(text, file) >= 0;

	if (file)
		good = fclose(file) == 0 && good;
	if (!good || rename(made, path) != 0)
		unlink(made);
	free(text);
	free(old);
	free(made);
	free(path);
}

/* --- from begin to keep --- */

bool unchanged_begin(struct unchanged *unchanged, const char *root, char *const *targets, size_t count, bool plain,
		     long long now_ns)
{
	*unchanged = (struct unchanged){.root = root, .targets = targets, .count = count, .usable = plain && count};
	for (size_t i = 0; i < count && unchanged->usable; i++) {
		unchanged->usable = is_of_workbook(targets[i]);
		unchanged->key += hash(targets[i]);
	}
	if (!unchanged->usable)
		return false;
	for (char **variable = environ; *variable; variable++)
		if (matters(*variable))
			unchanged->key += hash(*variable);
	for (const char *const *tool = tools; *tool; tool++)
		unchanged->key += hash_of_tool(*tool);
	walk(root);
	unchanged->usable = walked.whole;
	unchanged->sources = walked.sum;
	unchanged->settled = walked.newest_ns < now_ns - YOUNG_NS;
	look_at_products(unchanged);
	if (!unchanged->usable || !walked.whole)
		return false;
	char *line = line_of(unchanged->key, unchanged->sources + walked.sum);
	bool same = is_recorded(root, line);
	free(line);
	return same;
}

void unchanged_keep(const struct unchanged *unchanged)
{
	if (!unchanged->usable || !unchanged->settled)
		return;
	walk(unchanged->root);
	if (!walked.whole || walked.sum != unchanged->sources)
		return;
	look_at_products(unchanged);
	if (!walked.whole)
		return;
	char *line = line_of(unchanged->key, unchanged->sources + walked.sum);
	write_record(unchanged->root, line);
	free(line);
}

#include "unchanged.h"

#include <ftw.h>
#include <inttypes.h>
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
enum { MOST_LINES = 16, MOST_OPEN = 16 };
#define YOUNG_NS 3000000000LL

static const char *const sources[] = {"Makefile", "chapters", "exercises", "solutions", "harness", NULL};
/* The folder of each of the Makefile's FLAVOURS. */
static const char *const products[] = {"build/toolchain", "build/plain", "build/tsan", "build/trace", NULL};
/* Those that make starts; the Makefile looks at the first one itself. */
static const char *const tools[] = {"clang", "ar", "ld", "ld.gold", "make", NULL};

static uint64_t hash(const char *text)
{
	static const unsigned char secret[16];

	return siphash(secret, text, strlen(text));
}

/* --- the tree --- */

/* nftw() hands no context on. Sums, for a directory may list its files in another order. */
static struct {
	uint64_t sum;
	long long newest_ns;
} walked;

static long long in_ns(struct timespec time)
{
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void take(const char *path, const struct stat *file)
{
	long long changed = in_ns(file->st_ctim), modified = in_ns(file->st_mtim);
	char *all = mem_format("%s %ju %ju %ju %o %lld %lld", path, (uintmax_t)file->st_dev, (uintmax_t)file->st_ino,
			       (uintmax_t)file->st_size, (unsigned)file->st_mode, modified, changed);

	walked.sum += hash(all);
	if (changed > walked.newest_ns)
		walked.newest_ns = changed;
	if (modified > walked.newest_ns)
		walked.newest_ns = modified;
	free(all);
}

static int visit(const char *path, const struct stat *file, int kind, struct FTW *where)
{
	(void)where;
	/* What cannot be looked at counts as what cannot be looked at; its directory tells when that changes. */
	if (kind == FTW_NS || kind == FTW_SLN)
		walked.sum += hash(path);
	else
		take(path, file);
	return 0;
}

static void walk(const char *root, const char *const *names)
{
	walked.sum = 0;
	walked.newest_ns = 0;
	for (; *names; names++) {
		char *path = mem_format("%s/%s", root, *names);
		nftw(path, visit, MOST_OPEN, 0);
		free(path);
	}
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
		bool found = access(path, X_OK) == 0 && stat(path, &file) == 0 && S_ISREG(file.st_mode);
		if (found) {
			walked.sum = 0;
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

static uint64_t products_of(const char *root)
{
	walk(root, products);
	return walked.sum;
}

bool unchanged_begin(struct unchanged *unchanged, const char *root, char *const *targets, size_t count, bool plain,
		     long long now_ns)
{
	*unchanged = (struct unchanged){.root = root, .usable = plain && count};
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
	walk(root, sources);
	unchanged->sources = walked.sum;
	unchanged->settled = walked.newest_ns < now_ns - YOUNG_NS;
	char *line = line_of(unchanged->key, unchanged->sources + products_of(root));
	bool same = is_recorded(root, line);
	free(line);
	return same;
}

void unchanged_keep(const struct unchanged *unchanged)
{
	if (!unchanged->usable || !unchanged->settled)
		return;
	walk(unchanged->root, sources);
	if (walked.sum != unchanged->sources)
		return;
	char *line = line_of(unchanged->key, unchanged->sources + products_of(unchanged->root));
	write_record(unchanged->root, line);
	free(line);
}

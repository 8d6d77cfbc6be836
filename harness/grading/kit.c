#include "kit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "answerless.h"
#include "base/files.h"
#include "base/mem.h"
#include "judge/submission.h"
#include "judge/toolchain.h"

/* A kit that is being made. */
struct making {
	const char *from, *to; /* absolute, or relative to where the caller is */
	bool answers;
	char *error;
};

static void fail(struct making *making, const char *what, const char *path)
{
	if (!making->error)
		making->error = mem_format("cannot %s '%s': %s", what, path, strerror(errno));
}

/* Makes the folder of this name in the kit, and those it lies in. */
static void make_folder(struct making *making, const char *name)
{
	char *path = mem_format("%s/%s", making->to, name);

	for (char *end = path + strlen(making->to) + 1; end && !making->error; *end++ = '/') {
		end = strchr(end, '/');
		if (end)
			*end = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			fail(making, "make", path);
		if (!end)
			break;
	}
	free(path);
}

static void copy_bytes(struct making *making, FILE *in, const char *to)
{
	FILE *out = fopen(to, "we");
	char bytes[1 << 14];
	size_t got;

	while (out && (got = fread(bytes, 1, sizeof bytes, in)) > 0)
		if (fwrite(bytes, 1, got, out) != got)
			break;
	bool good = out && !ferror(in) && !ferror(out);
	if (out && fclose(out) != 0)
		good = false;
	if (!good)
		fail(making, "write", to);
}

static void write_text(struct making *making, const char *name, const char *text);

/* Whether that is all that there is to do for the file of this name. */
static bool take_answers_away(struct making *making, const char *name, const char *from)
{
	if (making->answers || making->error)
		return false;
	if (answerless_leaves_out(name))
		return true;
	char *text = file_read(from), *without = text ? answerless_text(name, text) : NULL;
	bool has_answers = without;
	if (has_answers)
		write_text(making, name, without);
	free(text);
	free(without);
	return has_answers;
}

/* A regular file of this name; what is none is passed over. */
static void copy_file(struct making *making, const char *name)
{
	char *from = mem_format("%s/%s", making->from, name), *to = mem_format("%s/%s", making->to, name);
	struct stat there;

	if (!making->error && lstat(from, &there) == 0 && S_ISREG(there.st_mode) &&
	    !take_answers_away(making, name, from)) {
		FILE *in = fopen(from, "re");
		if (in)
			copy_bytes(making, in, to);
		else
			fail(making, "read", from);
		if (in)
			fclose(in);
		if (!making->error && chmod(to, there.st_mode & 0777) != 0)
			fail(making, "write", to);
	}
	free(to);
	free(from);
}

/* No link is followed, and no hidden file copied. */
static void copy_tree(struct making *making, const char *name, const char *without)
{
	char *path = mem_format("%s/%s", making->from, name);
	DIR *directory = opendir(path);
	struct stat there;

	if (directory)
		make_folder(making, name);
	for (struct dirent *entry; directory && !making->error && (entry = readdir(directory));) {
		char *below = mem_format("%s/%s", name, entry->d_name);
		if (entry->d_name[0] != '.' && strcmp(below, without) != 0 &&
		    (making->answers || !answerless_leaves_out(below)) &&
		    fstatat(dirfd(directory), entry->d_name, &there, AT_SYMLINK_NOFOLLOW) == 0) {
			if (S_ISDIR(there.st_mode))
				copy_tree(making, below, without);
			else
				copy_file(making, below);
		}
		free(below);
	}
	if (directory)
		closedir(directory);
	free(path);
}

static void write_text(struct making *making, const char *name, const char *text)
{
	char *path = mem_format("%s/%s", making->to, name);
	FILE *out = making->error ? NULL : fopen(path, "we");
	bool good = out && fputs(text, out) >= 0;

	if (out && fclose(out) != 0)
		good = false;
	if (!good)
		fail(making, "write", path);
	free(path);
}

/* The exercise's text ends with what to compare with in solutions/, which is not there. */
static void copy_readme(struct making *making, const char *folder)
{
	char *name = mem_format("%s/README.md", folder), *from = mem_format("%s/%s", making->from, name);
	char *text = making->error ? NULL : file_read(from),
	     *last = text ? strstr(text, "\n## When it passes\n") : NULL;

	if (last) {
		*last = '\0';
		write_text(making, name, text);
	} else {
		copy_file(making, name);
	}
	free(text);
	free(from);
	free(name);
}

/* The exercise of this starter, and the bounds that its submissions are held to. */
static void copy_exercise(struct making *making, const struct catalogue *catalogue, const struct program *starter)
{
	static const char *const others[] = {"test.c", "rubric"};
	char *folder = mem_format("exercises/%s", starter->pitfall);
	char *header = mem_format("%.*sh", (int)strlen(starter->path) - 1, starter->path);

	make_folder(making, folder);
	copy_file(making, starter->path);
	copy_file(making, header);
	copy_readme(making, folder);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		char *name = mem_format("%s/%s", folder, others[i]);
		copy_file(making, name);
		free(name);
	}
	char *designs = mem_format("%s/designs", folder);
	copy_tree(making, designs, ""); /* what the test has of more files, if it has any */
	free(designs);
	char *name = mem_format("%s/budget", folder), *bounds = submission_bounds(catalogue, starter->pitfall);
	char *line = mem_format("%s\n", bounds);
	write_text(making, name, line);
	free(line);
	free(bounds);
	free(name);
	free(header);
	free(folder);
}

/* What the budget of a chapter's program is held against, where the program does not say so itself. */
static void write_bounds(struct making *making, const struct program *broken)
{
	for (size_t i = 0; i < broken->declaration.count; i++) {
		if (!broken->declaration.items[i].bounds)
			continue;
		char *name = mem_format("chapters/%s/budget", broken->pitfall);
		char *line = mem_format("%s\n", broken->declaration.items[i].bounds);
		write_text(making, name, line);
		free(line);
		free(name);
	}
}

/* Where the kit would be copied into itself. */
static bool lies_in(const char *root, const char *tree, const char *out)
{
	char *path = mem_format("%s/%s/", root, tree);
	bool lies = strncmp(out, path, strlen(path)) == 0;

	free(path);
	return lies;
}

static void copy_all(struct making *making, const struct catalogue *catalogue, const struct toolchain *toolchain)
{
	static const char *const files[] = {"loose",   "Makefile",	  "README.md",	  "LICENSE",
					    "book.md", "CONTRIBUTING.md", ".clang-format"};
	static const char *const container[] = {".devcontainer/Containerfile", ".devcontainer/devcontainer.json"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		copy_file(making, files[i]);
	make_folder(making, ".devcontainer");
	for (size_t i = 0; i < sizeof container / sizeof *container; i++)
		copy_file(making, container[i]);
	copy_tree(making, "chapters", "");
	copy_tree(making, "harness", "harness/tests");
	for (size_t i = 0; i < catalogue->count; i++)
		if (catalogue->programs[i].role == ROLE_STARTER)
			copy_exercise(making, catalogue, &catalogue->programs[i]);
	for (size_t i = 0; i < catalogue->count && !making->answers; i++)
		if (catalogue->programs[i].role == ROLE_BROKEN)
			write_bounds(making, &catalogue->programs[i]);
	char *tools = toolchain_line(toolchain), *line = mem_format("%s\n", tools);
	write_text(making, TOOLCHAIN_FILE, line);
	free(line);
	free(tools);
}

int kit_make(const struct catalogue *catalogue, const struct toolchain *toolchain, bool answers, const char *out,
	     char **error)
{
	struct making making = {.from = catalogue->root, .to = out, .answers = answers};
	char real[PATH_MAX];

	if (mkdir(out, 0777) != 0)
		fail(&making, "make", out);
	else if (realpath(out, real) &&
		 (lies_in(catalogue->root, "chapters", real) || lies_in(catalogue->root, "harness", real) ||
		  lies_in(catalogue->root, "exercises", real)))
		making.error = mem_format("'%s' lies in what is copied; name another folder", out);
	else
		copy_all(&making, catalogue, toolchain);
	*error = making.error;
	return *error ? -1 : 0;
}

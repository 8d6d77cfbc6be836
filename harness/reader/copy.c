#include "copy.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "put.h"

/* The files of one exercise, absolute. */
struct places {
	char *own;    /* the reader's */
	char *base;   /* what it was made of */
	char *origin; /* the kit's */
};

char *copy_path(const struct program *starter)
{
	return mem_format("work/%s", starter->path + strlen("exercises/"));
}

static struct places places_of(const char *root, const struct program *starter)
{
	const char *below = starter->path + strlen("exercises/");

	return (struct places){mem_format("%s/work/%s", root, below), mem_format("%s/work/.base/%s", root, below),
			       mem_format("%s/%s", root, starter->path)};
}

static void places_release(struct places *places)
{
	free(places->own);
	free(places->base);
	free(places->origin);
}

static int cannot(char **error, const char *what, const char *path)
{
	*error = mem_format("cannot %s '%s': %s", what, path, strerror(errno));
	return -1;
}

/* The kit's exercise, for the caller to free; NULL after the line. */
static char *read_origin(const struct places *places, char **error)
{
	char *problem, *text = file_read_text(places->origin, &problem);

	if (!text)
		*error = mem_format("cannot read '%s': %s", places->origin, problem);
	free(problem);
	return text;
}

static bool has_text(const char *path, const char *text)
{
	char *there = file_read(path);
	bool has = there && text && strcmp(there, text) == 0;

	free(there);
	return has;
}

/* "dir/line.h" or "dir/test.c" for "dir/line.c", for the caller to free. */
static char *beside(const char *path, bool header)
{
	const char *slash = strrchr(path, '/');

	return header ? mem_format("%.*sh", (int)strlen(path) - 1, path)
		      : mem_format("%.*s/test.c", (int)(slash - path), path);
}

/* What the exercise promises and how it is tested, as it was when the reader began. Without it a change is not told. */
static void keep_contract(const struct places *places)
{
	for (int header = 0; header < 2; header++) {
		char *from = beside(places->origin, header), *to = beside(places->base, header),
		     *text = file_read(from);
		if (text && !has_text(to, text))
			put_text(to, text);
		free(text);
		free(to);
		free(from);
	}
}

static bool contract_changed(const struct places *places)
{
	bool changed = false;

	for (int header = 0; header < 2; header++) {
		char *from = beside(places->origin, header), *to = beside(places->base, header);
		char *now = file_read(from), *then = file_read(to);
		changed = changed || (now && then && strcmp(now, then) != 0);
		free(then);
		free(now);
		free(to);
		free(from);
	}
	return changed;
}

/* --- making and looking --------------------------------------------------------------------------------------------*/

/* The base first: where a kill comes between the two it is made anew with the copy. */
static int make(const struct places *places, bool *made, char **error)
{
	char *text = read_origin(places, error), *aside = NULL;
	int failed = text ? 0 : -1;

	if (!failed && put_text(places->base, text) != 0)
		failed = cannot(error, "write", places->base);
	if (!failed && (file_make_folders(places->own) != 0 || !(aside = put_aside(places->base, text))))
		failed = cannot(error, "write", places->own);
	if (!failed && put_new(aside, places->own) != 0 && errno != EEXIST)
		failed = cannot(error, "write", places->own);
	else if (!failed)
		*made = true;
	if (!failed)
		keep_contract(places);
	if (aside)
		unlink(aside);
	free(aside);
	free(text);
	return failed;
}

int copy_open(const char *root, const struct program *starter, bool *made, char **error)
{
	struct places places = places_of(root, starter);
	bool new = false;
	int failed = access(places.own, F_OK) == 0 ? 0 : make(&places, &new, error);

	if (made)
		*made = new;
	places_release(&places);
	return failed;
}

struct copy_state copy_state(const char *root, const struct program *starter)
{
	struct places places = places_of(root, starter);
	struct copy_state state = {.exists = access(places.own, F_OK) == 0};
	char *origin = file_read(places.origin), *base = file_read(places.base);
	const char *began = base ? base : origin;

	state.changed = state.exists && began && !has_text(places.own, began);
	state.outdated = state.exists && base && origin && strcmp(base, origin) != 0;
	state.contract = state.exists && contract_changed(&places);
	free(base);
	free(origin);
	places_release(&places);
	return state;
}

char *copy_start(const char *root, const struct program *starter)
{
	struct places places = places_of(root, starter);
	char *text = file_read(places.base);

	if (!text)
		text = file_read(places.origin);
	places_release(&places);
	return text;
}

/* --- what is kept --------------------------------------------------------------------------------------------------*/

/* "x.3.c" for "x.c" and 3, for the caller to free. */
static char *numbered(const char *path, int number)
{
	return mem_format("%.*s.%d.c", (int)strlen(path) - 2, path, number);
}

/* The highest number that a kept file has; 0: there is none. */
static int last_kept(const char *path)
{
	int length = (int)strlen(path) - 2, last = 0;
	char *pattern = mem_format("%.*s.[0-9]*.c", length, path);
	glob_t found = {0};

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++) {
			char *end;
			long number = strtol(found.gl_pathv[i] + length + 1, &end, 10);
			if (strcmp(end, ".c") == 0 && number > last && number < 1000000)
				last = (int)number;
		}
	globfree(&found);
	free(pattern);
	return last;
}

/* Puts the file under the next number that is free, beside the copy; the number, or -1 with errno. */
static int put_numbered(const struct places *places, const char *aside)
{
	int number = last_kept(places->own), failed;

	do {
		char *name = numbered(places->own, ++number);
		failed = put_new(aside, name);
		free(name);
		/* Taken by another process since we looked: the next. */
	} while (failed && errno == EEXIST && number < 1000000);
	return failed ? -1 : number;
}

/* Takes away what was kept and is what the copy began as. Its number, or 0. */
static int drop_unchanged(const struct places *places, int number, const char *began)
{
	char *kept = numbered(places->own, number), *base = numbered(places->base, number);
	bool same = has_text(kept, began);

	if (same) {
		unlink(kept);
		unlink(base);
	}
	free(base);
	free(kept);
	return same ? 0 : number;
}

/*
 * Puts the file `aside` in the copy's place, which is kept under a number, with its base; not when it is as it began. The
 * number, 0 or -1 with errno. The new file gets the number first, and the two are exchanged: whatever is in the copy's
 * place at that moment is kept.
 */
static int exchange(const struct places *places, const char *aside)
{
	char *began = file_read(places->base);
	int number = put_numbered(places, aside);
	char *kept = numbered(places->own, number), *base = numbered(places->base, number);
	int failed = number < 0 ? -1 : 0;

	if (!failed && began)
		failed = put_text(base, began);
	if (!failed)
		failed = put_exchange(kept, places->own);
	if (!failed && began)
		number = drop_unchanged(places, number, began);
	free(base);
	free(kept);
	free(began);
	return failed ? -1 : number;
}

/* The same with a text, wherever there is a copy or none; it is the new base if it is the kit's. */
static int replace(const struct places *places, const char *text, const char *origin)
{
	char *aside = put_aside(places->base, text);
	int number = aside && file_make_folders(places->own) == 0 ? 0 : -1;

	if (number == 0 && put_new(aside, places->own) != 0)
		number = errno == EEXIST ? exchange(places, aside) : -1;
	int error = errno;
	if (aside)
		unlink(aside);
	free(aside);
	errno = error;
	if (number >= 0 && put_text(places->base, origin) != 0)
		return -1;
	if (number >= 0)
		keep_contract(places);
	return number;
}

/* The name relative to the root, for the caller to free. */
static char *kept_name(const struct program *starter, int number)
{
	char *path = copy_path(starter), *name = numbered(path, number);

	free(path);
	return name;
}

int copy_reset(const char *root, const struct program *starter, char **kept, char **error)
{
	struct places places = places_of(root, starter);
	char *text = read_origin(&places, error);
	int number = text ? replace(&places, text, text) : -1;

	if (text && number < 0)
		cannot(error, "replace", places.own);
	*kept = number > 0 ? kept_name(starter, number) : NULL;
	free(text);
	places_release(&places);
	return number < 0 ? -1 : 0;
}

int copy_undo(const char *root, const struct program *starter, char **from, char **error)
{
	struct places places = places_of(root, starter);
	int number = last_kept(places.own), failed = 0;
	char *kept = numbered(places.own, number), *base = numbered(places.base, number);

	*from = NULL;
	if (number == 0) {
		*error = mem_format("nothing was kept of '%s'", places.own + strlen(root) + 1);
		failed = -1;
	} else if ((access(places.own, F_OK) == 0 ? put_exchange(kept, places.own) : rename(kept, places.own)) != 0) {
		failed = cannot(error, "take back", kept);
	} else {
		*from = kept_name(starter, number);
		/* What the file was made of goes with it; where that cannot be, only the next merge is less good. */
		if (access(base, F_OK) == 0)
			put_exchange(base, places.base);
	}
	free(base);
	free(kept);
	places_release(&places);
	return failed;
}

/* --- a newer workbook ----------------------------------------------------------------------------------------------*/

/* git merge-file on `aside`, in place. How many conflicts, or -1 after the line. */
static int run_git(struct loop *loop, const struct places *places, const char *aside, char **error)
{
	char *argv[] = {"git", "merge-file",	       "-q",	      "-L",	    "yours",	    "-L", "as it was",
			"-L",  "the newer workbook's", (char *)aside, places->base, places->origin, NULL};
	const struct child_options options = {
		.argv = argv, .directory = loop->root, .output = STDERR_FILENO, .errors = STDERR_FILENO};
	int status = loop_command(loop, &options);

	if (status >= 0 && status < 128)
		return status;
	if (loop->interrupted)
		*error = mem_copy("interrupted; nothing was changed");
	else if (status < 0)
		*error = mem_format("git does not start: %s; install the package 'git'", strerror(errno));
	else
		*error = mem_format("git merge-file failed on '%s'; its words stand above", places->own);
	return -1;
}

/* The copy is changed, and so is the kit's. The merged text, for the caller to free; NULL after the line. */
static char *merged_text(struct loop *loop, const struct places *places, int *conflicts, char **error)
{
	char *own = file_read(places->own), *aside = own ? put_aside(places->base, own) : NULL, *text = NULL;

	if (!aside)
		cannot(error, "copy", places->own);
	else if ((*conflicts = run_git(loop, places, aside, error)) >= 0 && !(text = file_read(aside)))
		cannot(error, "read", aside);
	if (aside)
		unlink(aside);
	free(aside);
	free(own);
	return text;
}

enum copy_merge copy_merge(struct loop *loop, const struct program *starter, char **kept, char **error)
{
	struct copy_state state = copy_state(loop->root, starter);
	struct places places = places_of(loop->root, starter);
	char *origin = read_origin(&places, error), *text = NULL;
	int conflicts = 0, number = 0;

	if (origin && state.outdated)
		text = state.changed ? merged_text(loop, &places, &conflicts, error) : mem_copy(origin);
	if (text && (number = replace(&places, text, origin)) < 0)
		cannot(error, "replace", places.own);
	*kept = number > 0 ? kept_name(starter, number) : NULL;
	if (origin && state.contract)
		keep_contract(&places);
	bool failed = !origin || (state.outdated && !text) || number < 0;
	free(text);
	free(origin);
	places_release(&places);
	return failed ? COPY_FAILED : conflicts ? COPY_CONFLICTS : state.outdated ? COPY_MERGED : COPY_UP_TO_DATE;
}

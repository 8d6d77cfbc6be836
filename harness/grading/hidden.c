#include "hidden.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "exec/build.h"
#include "exec/leftovers.h"
#include "exec/runner.h"
#include "wire/siphash.h"

static bool is_folder(const char *path)
{
	struct stat there;

	return stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

/* Into hidden->folder, or NULL: there is none. */
static int find_folder(struct hidden *hidden, const char *directory, const char *pitfall, char **error)
{
	char *whole = mem_format("%s/%s", directory, pitfall);
	char *brief = mem_format("%s%s", directory, strchr(pitfall, '/'));
	bool has_whole = is_folder(whole), has_brief = is_folder(brief);

	if (has_whole && has_brief)
		*error = mem_format("'%s' and '%s' are of the same exercise; keep one", whole, brief);
	else if (has_whole || has_brief)
		hidden->folder = mem_copy(has_whole ? whole : brief);
	free(whole);
	free(brief);
	return *error ? -1 : 0;
}

/* Two digests by two keys, of names and texts, each with its length in front. */
static void digest(struct hidden *hidden, const char *rubric)
{
	static const unsigned char keys[2][16] = {"hidden tests: 1", "hidden tests: 2"};
	struct text all;
	FILE *out = text_open(&all);

	for (size_t i = 0; hidden->sources[i]; i++)
		fprintf(out, "%s %zu\n%s", hidden->sources[i], strlen(hidden->texts[i]), hidden->texts[i]);
	fprintf(out, "rubric\n%s", rubric ? rubric : "");
	char *text = text_close(&all);
	snprintf(hidden->digest, sizeof hidden->digest, "%016llx%016llx",
		 (unsigned long long)siphash(keys[0], text, strlen(text)),
		 (unsigned long long)siphash(keys[1], text, strlen(text)));
	free(text);
}

static int read_sources(struct hidden *hidden, char **error)
{
	char **files = files_in(hidden->folder, ".", "[ch]"), *problem = NULL;
	size_t count = 0;

	while (files[count])
		count++;
	hidden->sources = mem_zeroed(count + 1, sizeof *hidden->sources);
	hidden->texts = mem_zeroed(count + 1, sizeof *hidden->texts);
	for (size_t i = 0; i < count && !*error; i++) {
		const char *name = strrchr(files[i], '/') ? strrchr(files[i], '/') + 1 : files[i];
		char *path = mem_format("%s/%s", hidden->folder, name);
		hidden->sources[i] = mem_copy(name);
		hidden->texts[i] = file_read_text(path, &problem);
		if (!hidden->texts[i])
			*error = mem_format("cannot read '%s': %s", path, problem);
		free(problem);
		problem = NULL;
		free(path);
	}
	files_free(files);
	return *error ? -1 : 0;
}

/* One after the other, what a test may stand in. */
static char *tests_of(const struct hidden *hidden)
{
	struct text all;
	FILE *out = text_open(&all);

	for (size_t i = 0; hidden->sources[i]; i++)
		if (strcmp(strrchr(hidden->sources[i], '.'), ".c") == 0)
			fprintf(out, "%s\n", hidden->texts[i]);
	return text_close(&all);
}

static int read_folder(struct hidden *hidden, const char *root, char **error)
{
	char *path = mem_format("%s/rubric", hidden->folder), *rubric = file_read(path);

	if (read_sources(hidden, error) == 0) {
		char *tests = tests_of(hidden);
		rubric_load_hidden(&hidden->rubric, root, hidden->pitfall, path, rubric, tests, error);
		free(tests);
	}
	if (!*error)
		digest(hidden, rubric);
	free(rubric);
	free(path);
	return *error ? -1 : 0;
}

int hidden_load(struct hidden *hidden, const char *directory, const char *root, const char *pitfall, char **error)
{
	*hidden = (struct hidden){.pitfall = mem_copy(pitfall)};
	*error = NULL;
	if (find_folder(hidden, directory, pitfall, error) != 0)
		return -1;
	return hidden->folder ? read_folder(hidden, root, error) : 0;
}

/* Where the compiler of a submission, its runs, or the kit of a student would have them. */
static const char *const shown[] = {"chapters", "exercises", "harness", "build", "solutions"};

char *hidden_problem(const char *directory, const char *root)
{
	char real[PATH_MAX];

	if (!realpath(directory, real))
		return mem_format("cannot read '%s': %s; name the folder with the hidden tests", directory,
				  strerror(errno));
	if (!is_folder(real))
		return mem_format("cannot read '%s': %s; name the folder with the hidden tests", directory,
				  strerror(ENOTDIR));
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		char *place = mem_format("%s/%s/", root, shown[i]), *slashed = mem_format("%s/", real);
		bool inside = strncmp(slashed, place, strlen(place)) == 0;
		free(place);
		free(slashed);
		if (inside)
			return mem_format("'%s' lies in %s/, which others are shown; move it out of the workbook",
					  directory, shown[i]);
	}
	if (strncmp(real, "/usr/", 5) == 0)
		return mem_format("'%s' lies in /usr, which every sandbox shows; move it", directory);
	return NULL;
}

/* --- compiling --- */

static int write_sources(const struct hidden *hidden, const char *root, char **error)
{
	char *folder = mem_format("%s/%s", root, hidden->place), *runs = mem_format("%s/build/run", root);
	int status = 0;

	mkdir(runs, 0777);
	free(runs);
	for (char *slash = folder + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		mkdir(folder, 0700);
	}
	if (mkdir(folder, 0700) != 0 && errno != EEXIST)
		status = -1;
	for (size_t i = 0; hidden->sources[i] && status == 0; i++) {
		char *path = mem_format("%s/%s", folder, hidden->sources[i]);
		FILE *file = fopen(path, "we");
		if (!file || fputs(hidden->texts[i], file) < 0)
			status = -1;
		if (file && fclose(file) != 0)
			status = -1;
		free(path);
	}
	if (status)
		*error = mem_format("cannot write in '%s': %s", folder, strerror(errno));
	free(folder);
	return status;
}

/* The compiler's first line that tells of an error, with the name that the instructor knows the file by. */
static char *first_error(const struct hidden *hidden, const char *words)
{
	const char *at = strstr(words, "error:"), *line = at ? at : words;

	while (line > words && line[-1] != '\n')
		line--;
	size_t place = strlen(hidden->place);
	if (strncmp(line, hidden->place, place) == 0 && line[place] == '/')
		line += place + 1;
	return mem_format("%s/%.*s; correct it: nothing was graded", hidden->folder, (int)strcspn(line, "\n"), line);
}

int hidden_compile(struct hidden *hidden, struct loop *loop, char **error)
{
	static const char *const flavours[] = {"plain", "tsan"};
	char *name = leftovers_name("hidden");

	*error = NULL;
	hidden->place = mem_format("%s/%s", name, hidden->pitfall);
	free(name);
	if (write_sources(hidden, loop->root, error) != 0)
		return -1;
	for (size_t i = 0; i < sizeof flavours / sizeof *flavours && !*error; i++) {
		char *target = mem_format("%s/hidden-%s.o", hidden->place, flavours[i]), *why;
		if (build_targets(loop, &target, 1, (int)uv_available_parallelism(), &why) != 0) {
			char *words = build_failure(loop->root, target);
			*error = loop->interrupted ? mem_copy(why) : first_error(hidden, words);
			free(words);
			free(why);
		}
		free(target);
	}
	return *error ? -1 : 0;
}

char *hidden_object(const struct hidden *hidden, const char *root, const char *flavour)
{
	return mem_format("%s/%s/hidden-%s.o", root, hidden->place, flavour);
}

void hidden_release(struct hidden *hidden, const char *root)
{
	if (hidden->place) {
		char *path = mem_format("%s/%s", root, hidden->place);
		run_remove(path);
		free(path);
		/* The chapter's and the command's own, once they are empty. */
		for (int i = 0; i < 2; i++) {
			char *slash = strrchr(hidden->place, '/');
			*slash = '\0';
			path = mem_format("%s/%s", root, hidden->place);
			remove(path);
			free(path);
		}
	}
	if (hidden->sources)
		files_free(hidden->sources);
	if (hidden->texts)
		files_free(hidden->texts);
	rubric_release(&hidden->rubric);
	free(hidden->folder);
	free(hidden->pitfall);
	free(hidden->place);
	*hidden = (struct hidden){0};
}

/*
 * make listings: every Go listing of the texts is compiled, and looked at by
 * `go vet`, which must say what the text declares and nothing else.
 *
 *     build/listings             those of all texts
 *     build/listings FILE...     those of these
 *
 * What this machine's Go is too old for is left out and counted. The last line
 * has the figures; status 1 when a listing is wrong, 3 when there is no Go.
 */
#include <errno.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/command.h"
#include "base/files.h"
#include "base/mem.h"
#include "docs/docs.h"

static const char folder[] = "build/go-listings";
static size_t tried, left_out, wrong;

/* The minor number of this machine's Go; -1: there is none. */
static int version_of_go(void)
{
	char *argv[] = {"go", "env", "GOVERSION", NULL}, *text = command_output(argv, 60000);
	int minor = -1;

	if (!text || sscanf(text, "go1.%d", &minor) != 1)
		minor = -1;
	free(text);
	return minor;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0) {
		fprintf(stderr, "cannot write '%s': %s\n", path, strerror(errno));
		exit(3);
	}
}

/* A module of its own, that asks the net for nothing. What the command said of all packages. */
static char *go(const char *word)
{
	char *line = mem_format("cd %s && GOFLAGS=-mod=mod GOPROXY=off GOTOOLCHAIN=local GOWORK=off GOTELEMETRY=off "
				"GOCACHE=\"$PWD/../go-cache\" go %s ./... >output 2>&1",
				folder, word);
	char *output = mem_format("%s/output", folder);
	int status = system(line);
	char *text = file_read(output);

	/* A word of a fault would be looked for below, and of none there is none. */
	if (!text || (status != 0 && !*text)) {
		fprintf(stderr, "cannot run 'go %s': status %d\n", word, status);
		exit(3);
	}
	free(output);
	free(line);
	return text;
}

/* --- one listing --- */

struct tried {
	char *path, *package; /* of the text; "leaked-send-392" */
	struct go_listing listing;
};

static struct tried *all;

static void fault(const struct tried *one, const char *what, const char *said)
{
	wrong++;
	printf("%s:%d: %s\n%s", one->path, one->listing.line, what, said);
}

/* What was said of the package: the lines that name a file of its folder. For the caller to free. */
static char *said_of(const struct tried *one, const char *said)
{
	char *folder_of = mem_format("%s/", one->package), *lines = mem_copy("");

	for (const char *line = said, *end; *line; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		char *copy = mem_copy_n(line, (size_t)(end - line)), *name = strstr(copy, folder_of);
		if (*copy != '#' && name && (name == copy || name[-1] == '/' || name[-1] == ' ')) {
			char *more = mem_format("%s%s\n", lines, copy);
			free(lines);
			lines = more;
		}
		free(copy);
	}
	free(folder_of);
	return lines;
}

static void judge(const struct tried *one, const char *built, const char *vetted, int minor)
{
	const struct go_listing *listing = &one->listing;
	bool to_say = listing->vet && (!listing->vet_before || minor < listing->vet_before);
	char *build = said_of(one, built), *vet = said_of(one, vetted);

	if (*build)
		fault(one, "the listing does not compile", build);
	else if (to_say && !strstr(vet, listing->vet))
		fault(one, "'go vet' does not say of it what is declared", vet);
	else if (!to_say && *vet)
		fault(one, "'go vet' says of it what is not declared", vet);
	free(vet);
	free(build);
}

/* chapters/01-lens/leaked-send/README.md, 392: leaked-send-392/README.go */
static void add_listing(const char *path, struct go_listing listing, int minor)
{
	char *copy = mem_copy(path), *slash = strrchr(copy, '/');

	if (minor < listing.minor) {
		printf("%s:%d: not compiled: it needs Go 1.%d, and here is 1.%d\n", path, listing.line, listing.minor,
		       minor);
		left_out++;
		free(copy);
		return;
	}
	if (slash)
		*slash = '\0';
	const char *name = strrchr(copy, '/') ? strrchr(copy, '/') + 1 : copy;
	all = mem_resize(all, tried + 1, sizeof *all);
	struct tried *one = &all[tried++];
	*one = (struct tried){mem_copy(path), mem_format("%s-%d", name, listing.line), listing};
	char *directory = mem_format("%s/%s", folder, one->package), *file = mem_format("%s/README.go", directory);
	mkdir(directory, 0777);
	write_file(file, listing.source);
	free(file);
	free(directory);
	free(copy);
}

/* The listings stay: they are looked at until the end. */
static void add_text(const char *path, int minor)
{
	char *text = file_read(path), *error = NULL;
	struct go_listings listings = {0};

	if (!text || !docs_go_listings(path, text, &listings, &error)) {
		wrong++;
		printf("%s: %s\n", path, error ? error : strerror(errno));
	}
	for (size_t i = 0; i < listings.count; i++)
		add_listing(path, listings.items[i], minor);
	free(listings.items);
	free(error);
	free(text);
}

static void add_all(int minor)
{
	static const char *const patterns[] = {"*.md", "chapters/*/*.md", "chapters/*/*/*.md", "exercises/*/*/*.md"};

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		glob_t found = {0};
		if (glob(patterns[i], 0, NULL, &found) == 0)
			for (size_t j = 0; j < found.gl_pathc; j++)
				add_text(found.gl_pathv[j], minor);
		globfree(&found);
	}
}

/* Once for all of them: each start of the tools costs more than a listing. */
static void judge_all(int minor)
{
	char *built = go("build"), *vetted = go("vet");

	for (size_t i = 0; i < tried; i++) {
		judge(&all[i], built, vetted, minor);
		free(all[i].path);
		free(all[i].package);
		free(all[i].listing.source);
		free(all[i].listing.vet);
	}
	free(all);
	free(vetted);
	free(built);
}

int main(int argc, char **argv)
{
	int minor = version_of_go();

	if (minor < 0) {
		puts("the Go listings are not compiled: there is no Go here; apt-get install golang-go");
		return 3;
	}
	if (system("rm -rf build/go-listings && mkdir -p build/go-listings") != 0)
		return 3;
	char *module = mem_format("%s/go.mod", folder);
	/* Loops have a variable for each iteration since 1.22, where the module says so. */
	char *text = mem_format("module listings\n\ngo 1.%d\n", minor);
	write_file(module, text);
	free(text);
	free(module);
	for (int i = 1; i < argc; i++)
		add_text(argv[i], minor);
	if (argc == 1)
		add_all(minor);
	if (tried)
		judge_all(minor);
	printf("%zu Go listings compiled and vetted by Go 1.%d, %zu left out: %zu wrong\n", tried, minor, left_out,
	       wrong);
	return wrong || !tried;
}

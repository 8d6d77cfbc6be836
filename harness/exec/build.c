#include "build.h"

#include <elfutils/libdwelf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "workbook/catalogue.h"

char *build_target(const char *flavour, const char *source)
{
	return mem_format("build/%s/bin/%.*s", flavour, (int)strlen(source) - 2, source);
}

int build_make(struct loop *loop, char *const *words, int output)
{
	/* The launcher holds the same lock while it builds the harness. */
	char *head[] = {"flock", "--no-fork", "build/lock", "make", "-s", "--no-print-directory"};
	size_t count = 0;

	while (words[count])
		count++;
	char **argv = mem_zeroed(sizeof head / sizeof *head + count + 1, sizeof *argv);
	memcpy(argv, head, sizeof head);
	memcpy(argv + sizeof head / sizeof *head, words, count * sizeof *argv);
	struct child_options make = {.argv = argv, .directory = loop->root, .output = output, .errors = output};
	int status = loop_command(loop, &make);
	free(argv);
	return status;
}

int build_targets(struct loop *loop, char *const *targets, size_t count, int jobs, char **error)
{
	char *parallel = mem_format("-j%d", jobs), *log = mem_format("%s/build/make.log", loop->root);
	char **words = mem_zeroed(count + 3, sizeof *words);
	int out = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), status = 0;

	*error = NULL;
	words[0] = "-k";
	words[1] = parallel;
	memcpy(words + 2, targets, count * sizeof *words);
	if (out < 0)
		*error = mem_format("cannot write '%s': %s", log, strerror(errno));
	else if ((status = build_make(loop, words, out)) < 0)
		*error = mem_format("cannot run make: %s", strerror(errno));
	else if (status > 2 && !loop->interrupted)
		*error = mem_format("make ended with status %d; '%s' tells why", status, log);
	if (out >= 0)
		close(out);
	free(words);
	free(log);
	free(parallel);
	return *error ? -1 : 0;
}

static bool exists(char *path)
{
	bool found = access(path, F_OK) == 0;

	free(path);
	return found;
}

/* "x" of "build/plain/bin/x" */
static const char *name_of(const char *target)
{
	return strstr(target, "/bin/") + 5;
}

/* Where the target's flavour keeps the object of "x": "build/plain/obj/x.o", for the caller to free. */
static char *object_of(const char *root, const char *target, const char *name, int length)
{
	return mem_format("%s/%.*s/obj/%.*s.o", root, (int)(strstr(target, "/bin/") - target), target, length, name);
}

/* Linked with an exercise's test; such a program is one file. */
static bool is_tested(const char *name)
{
	return strncmp(name, "exercises/", 10) == 0 || strncmp(name, "solutions/", 10) == 0;
}

typedef bool part_visit(void *context, char *object);

/* Visits the objects of which the target is made, its own first, until a visit is true; tells whether one was. */
static bool visit_objects(const char *root, const char *target, part_visit *visit, void *context)
{
	const char *name = name_of(target);
	bool done = visit(context, object_of(root, target, name, (int)strlen(name)));

	if (is_tested(name))
		return done;
	char *source = mem_format("%s.c", name);
	char *directories[] = {program_own_directory(source), program_shared_directory(source)};

	for (int i = 0; i < 2; i++) {
		char **files = files_in(root, directories[i], "c");
		for (char **file = files; *file && !done; file++)
			done = visit(context, object_of(root, target, *file, (int)strlen(*file) - 2));
		files_free(files);
		free(directories[i]);
	}
	free(source);
	return done;
}

static bool is_missing(void *context, char *object)
{
	(void)context;
	return !exists(object);
}

/* Puts the compiler's words of an object that did not compile into *context. Another one's warnings explain nothing. */
static bool did_not_compile(void *context, char *object)
{
	char **words = context, *log = mem_format("%s.log", object);

	if (is_missing(NULL, object))
		*words = file_read(log);
	free(log);
	return *words;
}

/* The compiler's words of the program or its objects. */
static char *kept_words(const char *root, const char *target)
{
	char *words = NULL;

	if (visit_objects(root, target, did_not_compile, &words))
		return words;
	char *linked = mem_format("%s/%s.log", root, target);
	words = file_read(linked);
	free(linked);
	return words;
}

/* Without all its parts it is the program of yesterday: today's did not compile. */
static bool has_its_parts(const char *root, const char *target)
{
	const char *source = name_of(target), *pitfall = strchr(source, '/');
	int flavour = (int)(source - target) - 5;

	if (visit_objects(root, target, is_missing, NULL) ||
	    !exists(mem_format("%s/%.*s/kit.a", root, flavour, target)))
		return false;
	if (!is_tested(source))
		return true;
	/* "/NN-name/pitfall" */
	int length = (int)(strcspn(pitfall + 1, "/") + 1);
	length += 1 + (int)strcspn(pitfall + length + 1, "/");
	return exists(mem_format("%s/%.*s/obj/exercises%.*s/test.o", root, flavour, target, length, pitfall));
}

char *build_failure(const char *root, const char *target)
{
	if (exists(mem_format("%s/%s", root, target)) && has_its_parts(root, target))
		return NULL;
	char *words = kept_words(root, target);
	if (words && *words)
		return words;
	free(words);
	/* Not its own source: the test or the kit does not compile. */
	char *log = mem_format("%s/build/make.log", root);
	words = file_read(log);
	free(log);
	return words ? words : mem_format("%s was not built", target);
}

char *build_id(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	const void *bits = NULL;
	char *hex = NULL;

	elf_version(EV_CURRENT);
	Elf *elf = file < 0 ? NULL : elf_begin(file, ELF_C_READ_MMAP, NULL);
	ssize_t length = elf ? dwelf_elf_gnu_build_id(elf, &bits) : 0;
	if (length > 0) {
		hex = mem_zeroed((size_t)length * 2 + 1, 1);
		for (ssize_t i = 0; i < length; i++)
			sprintf(hex + 2 * i, "%02x", ((const unsigned char *)bits)[i]);
	}
	if (elf)
		elf_end(elf);
	if (file >= 0)
		close(file);
	return hex;
}

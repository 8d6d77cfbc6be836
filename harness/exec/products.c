/* What a build leaves (build.h): objects, programs and their ids; or, of what was not built, the compiler's words. */
#include "build.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "workbook/catalogue.h"

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
	return strncmp(name, "exercises/", 10) == 0 || strncmp(name, "solutions/", 10) == 0 ||
	       strncmp(name, "work/", 5) == 0;
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

/* Puts the compiler's words of an object that did not compile into *context. Another one's warnings explain nothing. */
static bool did_not_compile(void *context, char *object)
{
	char **words = context, *log = mem_format("%s.log", object);

	if (!exists(object))
		*words = file_read(log);
	free(log);
	return *words;
}

static bool forget_object(void *context, char *object)
{
	(void)context;
	unlink(object);
	free(object);
	return false;
}

void build_forget(const char *root, const char *target)
{
	if (!strstr(target, "/bin/"))
		return;
	visit_objects(root, target, forget_object, NULL);
	/* What make keeps of a reader's file, to know it again, is of an older one than what will be compiled. */
	char *seen = mem_format("%s/build/seen/%s.c", root, name_of(target));
	unlink(seen);
	free(seen);
}

/* The compiler's words of the program or its objects. */
static char *kept_words(const char *root, const char *target)
{
	char *words = NULL;

	/* A program from elsewhere is compiled and linked in one step. */
	if (strstr(target, "/bin/") && visit_objects(root, target, did_not_compile, &words))
		return words;
	char *linked = mem_format("%s/%s.log", root, target);
	words = file_read(linked);
	free(linked);
	return words;
}

/* A source may be written so that a compiler says no end of it, and every page that tells of it would have all. */
static char *shortened(char *words)
{
	enum { MOST = 64 << 10 };

	if (strlen(words) <= MOST)
		return words;
	words[MOST] = '\0';
	char *last = strrchr(words, '\n');
	char *shorter = mem_format("%.*s\n... and more\n", (int)(last ? last - words : MOST), words);
	free(words);
	return shorter;
}

char *build_failure(const char *root, const char *target)
{
	char *words = kept_words(root, target);

	if (words && *words)
		return shortened(words);
	free(words);
	/* Not its own source: the test or the kit does not compile. */
	char *log = mem_format("%s/build/make.log", root);
	words = file_read(log);
	free(log);
	return words ? shortened(words) : mem_format("%s was not built", target);
}

char *build_id(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	const void *bits = NULL;
	char *hex = NULL;

	elf_version(EV_CURRENT);
	/* A few small reads: to take a mapping of the whole file away again costs more than all of them. */
	Elf *elf = file < 0 ? NULL : elf_begin(file, ELF_C_READ, NULL);
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

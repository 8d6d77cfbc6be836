#include "sources.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "compiler.h"
#include "exercise.h"

/* What words are looked up in. */
struct taking {
	const struct catalogue *catalogue;
	struct reader *reader;
};

static char *directory_of(const char *path)
{
	return mem_copy_n(path, (size_t)(strrchr(path, '/') - path));
}

/* The folder is the reader's: a place in it is shown as theirs. Takes `folder` over; NULL is none. */
void sources_own(struct sources *sources, char *folder)
{
	for (size_t i = 0; folder && i < sources->own_count; i++)
		if (strcmp(sources->own[i], folder) == 0) {
			free(folder);
			return;
		}
	if (!folder)
		return;
	sources->own = mem_resize(sources->own, sources->own_count + 2, sizeof *sources->own);
	sources->own[sources->own_count++] = folder;
	sources->own[sources->own_count] = NULL;
}

/* The reader's copy of the exercise, which is opened; NULL after one line on stderr. */
static char *open_exercise(const struct taking *taking, const struct program *starter, int *status)
{
	char *path = NULL;

	*status = exercise_open(taking->catalogue, taking->reader, starter);
	if (*status == 0) {
		char *copy = copy_path(starter);
		path = mem_format("%s/%s", taking->catalogue->root, copy);
		free(copy);
	}
	return path;
}

/* The file of the exercise that the word names, or of a C file; NULL with a status after one line on stderr. */
static char *find_source(const struct taking *taking, const char *word, int *status)
{
	const struct catalogue *catalogue = taking->catalogue;
	const char *dot = strrchr(word, '.');
	struct named named;
	char *path = NULL;

	*status = STATUS_BAD_INPUT;
	if (dot && strcmp(dot, ".c") == 0) {
		char *problem, *text = file_read_text(word, &problem);
		if (!problem && !(path = realpath(word, NULL)))
			problem = mem_copy(strerror(errno));
		if (problem)
			bad_input("cannot read '%s': %s", word, problem);
		free(problem);
		free(text);
		return path;
	}
	char *error = names_find(catalogue, word, false, &named);
	const struct program *starter = error ? NULL : catalogue_program(catalogue, named.pitfall, "starter");
	if (starter && !(named.file && !named.exercise))
		path = open_exercise(taking, starter, status);
	else if (!error || access(word, F_OK) == 0)
		bad_input("'%s' is not a C file; check takes FILE.c..., or the name of an exercise", word);
	else
		bad_input("'%s' is not a C file, and %s", word, error);
	free(error);
	return path;
}

/* One of headers is theirs too, when it is below the folder where they are: others belong to libraries. */
static void own_headers(struct sources *sources, const char *folder)
{
	char *here = realpath(".", NULL), *real = folder ? realpath(folder, NULL) : NULL;
	size_t length = here ? strlen(here) : 0;

	if (real && length > 1 && strncmp(real, here, length) == 0)
		sources_own(sources, mem_copy(real));
	free(real);
	free(here);
}

/* Takes the flag at *at, with the word that belongs to it. */
static int take_flag(struct sources *sources, const struct operands *operands, int *at)
{
	const char *flag = operands->items[*at], *next = NULL;
	char *refusal = compiler_refuses(flag);

	if (refusal) {
		int status = bad_input("%s", refusal);
		free(refusal);
		return status;
	}
	if (compiler_takes_next(flag))
		next = operands->items[++*at];
	compiler_quote(sources->words.out, flag);
	if (next)
		compiler_quote(sources->words.out, next);
	own_headers(sources, compiler_folder(flag, next));
	sources->first_flag = sources->first_flag ? sources->first_flag : flag;
	return 0;
}

/* make and the shell read a line, and what the detectors write is XML. */
static int refuse_odd(const char *word)
{
	return bad_input(
		"'%s' has a control character in it, or is not UTF-8, and not every tool can take that; rename it",
		word);
}

static void add_source(struct sources *sources, char *source)
{
	sources->items = mem_resize(sources->items, (size_t)sources->count + 2, sizeof *sources->items);
	sources->items[sources->count++] = source;
	sources->items[sources->count] = NULL;
	compiler_quote(sources->words.out, source);
	sources_own(sources, directory_of(source));
}

static int take_source(struct sources *sources, const struct taking *taking, const char *word)
{
	int status;
	char *source = find_source(taking, word, &status);

	if (!source)
		return status;
	/* Its own name is, and the folders before it may not be. */
	if (!text_is_plain(source)) {
		status = refuse_odd(source);
		free(source);
		return status;
	}
	add_source(sources, source);
	return 0;
}

/* Nothing is named: the exercise in hand. */
static int take_exercise_in_hand(struct sources *sources, const struct taking *taking)
{
	const struct program *starter = exercise_find(taking->catalogue, taking->reader, NULL);
	int status = STATUS_BAD_INPUT;
	char *source = starter ? open_exercise(taking, starter, &status) : NULL;

	if (source)
		add_source(sources, source);
	return status;
}

int sources_take(struct sources *sources, const struct catalogue *catalogue, struct reader *reader,
		 const struct operands *operands)
{
	const struct taking taking = {catalogue, reader};
	int status = 0;
	char *here = realpath(".", NULL);

	fputs("WORDS=", text_open(&sources->words));
	if (here && !text_is_plain(here))
		status = refuse_odd(here);
	free(here);
	for (int i = 0; i < operands->count && status == 0; i++) {
		const char *word = operands->items[i];
		if (!text_is_plain(word))
			status = refuse_odd(word);
		else if (word[0] == '-' && word[1])
			status = take_flag(sources, operands, &i);
		else if (!compiler_links(word))
			status = take_source(sources, &taking, word);
		else if (access(word, R_OK) != 0)
			status = bad_input("cannot read '%s': %s", word, strerror(errno));
		else
			compiler_quote(sources->words.out, word);
	}
	if (operands->count == 0)
		status = take_exercise_in_hand(sources, &taking);
	if (status == 0 && sources->count == 0)
		status = bad_input("check takes %s; name a C file of the program", command_check.arguments);
	return status;
}

void sources_release(struct sources *sources)
{
	for (int i = 0; i < sources->count; i++)
		free(sources->items[i]);
	free(sources->items);
	for (size_t i = 0; i < sources->own_count; i++)
		free(sources->own[i]);
	free(sources->own);
	free(text_close(&sources->words));
}

#include "exercise.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "reader/answers.h"

static void complain_of_memory(struct reader *reader)
{
	char *problem = reader_complaint(reader);

	if (problem)
		fprintf(stderr, "loose: %s\n", problem);
	free(problem);
}

void memory_open(struct reader *reader, const char *root)
{
	reader_open(reader, root);
	complain_of_memory(reader);
}

void memory_close(struct reader *reader)
{
	complain_of_memory(reader);
	reader_close(reader);
}

void desk_open(struct desk *desk, const char *root)
{
	catalogue_load(&desk->catalogue, root);
	memory_open(&desk->reader, root);
}

void desk_close(struct desk *desk)
{
	memory_close(&desk->reader);
	catalogue_release(&desk->catalogue);
}

bool answers_are_hidden(const char *root, const char *pitfall, bool asked)
{
	struct reader reader;

	if (asked)
		return false;
	memory_open(&reader, root);
	bool hidden = answers_hidden(&reader, pitfall, asked);
	memory_close(&reader);
	return hidden;
}

const char *short_name(const char *pitfall)
{
	const char *slash = strchr(pitfall, '/');

	return slash ? slash + 1 : pitfall;
}

size_t pitfall_index(const struct catalogue *catalogue, const char *pitfall)
{
	size_t i = 0;

	while (i < catalogue->pitfall_count && strcmp(catalogue->pitfalls[i], pitfall) != 0)
		i++;
	return i;
}

const struct program *exercise_find(const struct catalogue *catalogue, const struct reader *reader, const char *word)
{
	struct named named = {.pitfall = reader_position(reader)};

	if (word && find_named(catalogue, word, false, &named) != 0)
		return NULL;
	if (!named.pitfall) {
		bad_input("no exercise is in hand yet; './loose next' opens the first one");
		return NULL;
	}
	const struct program *starter = catalogue_program(catalogue, named.pitfall, "starter");
	if (!starter)
		bad_input("there is no exercise '%s' in this workbook; './loose list' names them", named.pitfall);
	return starter;
}

static void tell_of_newer_kit(const struct catalogue *catalogue, const struct program *starter)
{
	struct copy_state state = copy_state(catalogue->root, starter);
	const char *name = short_name(starter->pitfall);

	if (state.outdated)
		fprintf(stderr,
			"loose: this workbook has a newer version of the exercise than the one you began; './loose merge %s' "
			"puts the two together\n",
			name);
	else if (state.contract)
		fprintf(stderr,
			"loose: what 'exercises/%s' promises or tests has changed since you began; read its header again, then "
			"'./loose merge %s'\n",
			starter->pitfall, name);
}

/* A header beside the reader's file would be found before the kit's, which says what is promised. */
static int refuse_own_header(const struct catalogue *catalogue, const struct program *starter)
{
	char *path = copy_path(starter);
	char *header = mem_format("%s/%.*sh", catalogue->root, (int)strlen(path) - 1, path);
	int status = 0;

	if (access(header, F_OK) == 0)
		status = bad_input("'%s' stands in the way of the exercise's own header, which is not to be changed; "
				   "take it away",
				   header + strlen(catalogue->root) + 1);
	free(header);
	free(path);
	return status;
}

int exercise_open(const struct catalogue *catalogue, struct reader *reader, const struct program *starter)
{
	char *error = NULL;
	int status = 0;

	if (copy_open(catalogue->root, starter, NULL, &error) != 0)
		status = cannot_judge("%s; the exercise cannot be opened", error);
	else
		status = refuse_own_header(catalogue, starter);
	if (status == 0) {
		tell_of_newer_kit(catalogue, starter);
		reader_note_opened(reader, starter->pitfall);
	}
	free(error);
	return status;
}

char *text_of_pitfall(const struct catalogue *catalogue, const char *tree, const char *pitfall)
{
	char *path = mem_format("%s/%s/%s/README.md", catalogue->root, tree, pitfall), *problem;
	char *text = file_read_text(path, &problem);

	if (!text)
		bad_input("cannot read '%s': %s", path, problem);
	free(problem);
	free(path);
	return text;
}

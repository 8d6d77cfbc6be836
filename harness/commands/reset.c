/* `reset` and `merge`: what takes the place of a reader's file, and keeps that one. */
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "exercise.h"

struct reset {
	bool all, undo;
};

static int failed(char *error)
{
	int status = cannot_judge("%s; nothing is lost", error);

	free(error);
	return status;
}

static int begin_anew(struct desk *desk, const struct program *starter)
{
	const char *pitfall = starter->pitfall;
	struct standing standing = reader_standing(&desk->reader, pitfall);
	char *kept, *error, *path = copy_path(starter);
	int status = copy_reset(desk->catalogue.root, starter, &kept, &error) ? failed(error) : 0;

	if (status == 0 && kept)
		printf("%s is as it began; yours is now %s. './loose reset --undo %s' takes that back.\n", path, kept,
		       short_name(pitfall));
	else if (status == 0)
		printf("%s is as it began.\n", path);
	if (status == 0 && (standing.passed || standing.attempts))
		reader_note_reset(&desk->reader, pitfall);
	free(kept);
	free(path);
	return status;
}

static int take_back(struct desk *desk, const struct program *starter)
{
	char *from, *error, *path = copy_path(starter);
	int status = 0;

	if (copy_undo(desk->catalogue.root, starter, &from, &error) != 0) {
		status = bad_input("%s", error);
		free(error);
	} else {
		printf("%s is what %s was, and the other way round.\n", path, from);
		free(from);
	}
	free(path);
	return status;
}

/* Of every exercise that was opened. The worst status. */
static int begin_all_anew(struct desk *desk)
{
	const struct catalogue *catalogue = &desk->catalogue;
	size_t count = 0;
	int worst = 0;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct program *starter = &catalogue->programs[i];
		if (starter->role != ROLE_STARTER || !copy_state(catalogue->root, starter).exists)
			continue;
		int status = begin_anew(desk, starter);
		worst = status > worst ? status : worst;
		count++;
	}
	if (count == 0)
		printf("No exercise has been opened yet.\n");
	return worst;
}

static int reset(const char *root, int argc, char **argv)
{
	struct reset reset = {0};
	struct operands operands;
	struct desk desk;

	if (options_parse(&command_reset, argc, argv, &reset, &operands) != 0)
		return STATUS_BAD_INPUT;
	if (reset.all && (reset.undo || operands.count))
		return bad_input("--all is every exercise; leave out %s", reset.undo ? "--undo" : operands.items[0]);
	desk_open(&desk, root);
	const struct program *starter =
		reset.all ? NULL : exercise_find(&desk.catalogue, &desk.reader, operands.items[0]);
	int status = reset.all	  ? begin_all_anew(&desk)
		     : !starter	  ? STATUS_BAD_INPUT
		     : reset.undo ? take_back(&desk, starter)
				  : begin_anew(&desk, starter);
	desk_close(&desk);
	return status;
}

static const struct option_spec reset_options[] = {
	{"undo", OPTION_FLAG, NULL, "take the last reset or merge of it back", offsetof(struct reset, undo)},
	{"all", OPTION_FLAG, NULL, "every exercise that was opened", offsetof(struct reset, all)},
	{0},
};

const struct command_entry command_reset = {
	.name = "reset",
	.arguments = "[EXERCISE]",
	.summary = "begin an exercise anew; your file is kept",
	.about =
		"Puts the exercise's starter in the place of your file of EXERCISE, or of the one in hand. Your file is kept "
		"beside it under the next number that is free, and the name is told. What you have predicted and which hints "
		"you have seen is still remembered.",
	.options = reset_options,
	.operands = {OPERAND_PITFALL},
	.most = 1,
	.run = reset,
};

/* --- a newer workbook ----------------------------------------------------------------------------------------------*/

static int tell_merge(enum copy_merge merged, const struct program *starter, const char *kept, char *error)
{
	const char *name = short_name(starter->pitfall);
	char *path = copy_path(starter);
	int status = 0;

	if (merged == COPY_FAILED)
		status = failed(error);
	else if (merged == COPY_UP_TO_DATE)
		printf("%s was made of the exercise as it is here; there is nothing to merge.\n", path);
	else if (merged == COPY_MERGED)
		printf("%s has what is new in the exercise.", path);
	else
		printf("%s has what is new in the exercise; where you have changed the same lines, both stand between marks "
		       "'<<<<<<<' and '>>>>>>>'.",
		       path);
	if (merged == COPY_CONFLICTS)
		status = STATUS_DISAGREES;
	if (kept)
		printf(" Yours as it was is %s; './loose reset --undo %s' takes the merge back.", kept, name);
	if (merged == COPY_MERGED || merged == COPY_CONFLICTS)
		printf("\n");
	free(path);
	return status;
}

static int merge(const char *root, int argc, char **argv)
{
	struct operands operands;
	struct workbook workbook;
	struct reader reader;

	if (options_parse(&command_merge, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	int status = open_workbook(&workbook, root);
	if (status)
		return status;
	memory_open(&reader, root);
	const struct program *starter = exercise_find(&workbook.catalogue, &reader, operands.items[0]);
	char *kept = NULL, *error = NULL;
	if (starter) {
		enum copy_merge merged = copy_merge(&workbook.loop, starter, &kept, &error);
		status = tell_merge(merged, starter, kept, error);
	}
	if (workbook.loop.interrupted)
		status = 128 + workbook.loop.interrupted;
	memory_close(&reader);
	workbook_close(&workbook);
	free(kept);
	return starter ? status : STATUS_BAD_INPUT;
}

static const struct option_spec merge_options[] = {{0}};

const struct command_entry command_merge = {
	.name = "merge",
	.arguments = "[EXERCISE]",
	.summary = "put a newer workbook's changes into your file",
	.about =
		"Where a newer workbook has changed an exercise that you had begun, puts what is new into your file of EXERCISE, or "
		"of the one in hand, by 'git merge-file'. Your file as it was is kept beside it, and the name is told. Ends with "
		"1 when both have changed the same lines.",
	.options = merge_options,
	.operands = {OPERAND_PITFALL},
	.most = 1,
	.run = merge,
};

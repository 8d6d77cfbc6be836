/* The learner's loop, in one terminal. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "command.h"
#include "exercise.h"
#include "verdict/detector.h"
#include "watch/terminal.h"
#include "watch/watching.h"

struct watch {
	bool plain;
};

/* The exercise to begin with; NULL after one line on stderr. */
static const char *find_exercise(const struct catalogue *catalogue, const struct reader *reader,
				 const struct operands *operands)
{
	const char *word = operands->count ? operands->items[0] : NULL;
	const struct program *starter =
		exercise_find(catalogue, reader, word ? word : watching_first(catalogue, reader));

	return starter ? starter->pitfall : NULL;
}

/* What the terminal keeps of it. */
static void say_goodbye(const struct reader *reader, const char *pitfall)
{
	struct standing standing = reader_standing(reader, pitfall);

	printf("%s: %s. './loose watch' goes on here.\n", pitfall,
	       standing.passed	   ? "passed"
	       : standing.attempts ? "not passed yet"
				   : "begun");
}

/* Out of memory: as main() ends then, with the terminal as it was. */
static void end_exhausted(void)
{
	terminal_restore();
	_exit(STATUS_CANNOT_JUDGE);
}

/* The first time it takes a while, and a screen that stays empty looks broken. */
static int examine_detectors(struct workbook *workbook)
{
	const struct judging_options options = {.repeat = 1};

	if (style_of(stderr).terminal)
		fputs("Seeing that the detectors can be trusted here; the first time takes a while.\n", stderr);
	return ensure_trust(workbook, detectors, &options);
}

static int watch_exercise(struct workbook *workbook, struct reader *reader, const char *pitfall, bool plain)
{
	int status = examine_detectors(workbook);
	char *error = NULL;

	mem_on_exhaustion(end_exhausted);
	if (status || workbook->loop.interrupted)
		return workbook->loop.interrupted ? 128 + workbook->loop.interrupted : status;
	enum watching_end end = watching_run(workbook, reader, pitfall, plain, &error);
	if (end == WATCHING_FAILED)
		status = cannot_judge("%s", error);
	else if (workbook->loop.interrupted)
		status = 128 + workbook->loop.interrupted;
	else if (end == WATCHING_REFUSED)
		status = STATUS_DISAGREES;
	else if (!plain && reader_position(reader))
		say_goodbye(reader, reader_position(reader));
	free(error);
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	struct watch watch = {0};
	struct operands operands;
	struct workbook workbook;
	struct reader reader;

	if (options_parse(&command_watch, argc, argv, &watch, &operands) != 0)
		return STATUS_BAD_INPUT;
	int status = open_workbook(&workbook, root);
	if (status)
		return status;
	memory_open(&reader, root);
	const char *pitfall = find_exercise(&workbook.catalogue, &reader, &operands);
	status = pitfall ? watch_exercise(&workbook, &reader, pitfall, watch.plain || terminal_is_dumb())
			 : STATUS_BAD_INPUT;
	memory_close(&reader);
	workbook_close(&workbook);
	return status;
}

static const struct option_spec options[] = {
	{"plain", OPTION_FLAG, NULL,
	 "print lines and take words, for screen readers and pipes; so it is too where there is no terminal, or TERM is dumb",
	 offsetof(struct watch, plain)},
	{0},
};

const struct command_entry command_watch = {
	.name = "watch",
	.arguments = "[EXERCISE]",
	.summary = "work through the exercises: each save is judged while you watch",
	.about =
		"Opens your copy of the exercise, in work/, and judges it at every save: the compiler first, then the plain tests, "
		"then each detector, the quick ones before the slow ones. A newer save ends what is running. The first thing that "
		"refuses your file is explained in your source, with the sentence of the contract that it breaks. When all agree, the "
		"tests and the quick detectors run three times more, with threads that start, lock, wake up and end late by chance. When "
		"the file has passed it tells what to read now, and waits. Without EXERCISE it goes on where you were.\n\n"
		"  h a hint            d your changes        n the next exercise\n"
		"  p predict           l list, / searches    b the one before\n"
		"  o its output        s the solution        k skip\n"
		"  g gdb               r begin anew, u undo  ? all keys\n"
		"  e your editor       arrows, space scroll  q quit\n\n"
		"The window needs 80 columns and 24 rows. With --plain it prints lines as things happen, and takes the commands as "
		"words, one a line; 'help' lists them. When there is no more input it ends with the verdict: 0 passed, 1 refused.",
	.options = options,
	.operands = {OPERAND_PITFALL},
	.most = 1,
	.run = run,
};

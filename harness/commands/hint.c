/* `hint` and `solution`: help, a little at a time, and the whole when it is earned or asked for twice. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "exercise.h"
#include "reader/answers.h"

struct hint {
	bool all;
};

static void print_hint(const char *text, int level)
{
	char *heading = mem_format("Hint %d", level), *hint = answers_section(text, heading);

	printf("%s\n\n", heading);
	report_prose(stdout, style_of(stdout), 0, hint ? hint : "");
	fputc('\n', stdout);
	free(hint);
	free(heading);
}

/* The next one; with `all` the ones that were shown, and those that were not. */
static void give_hints(struct desk *desk, const struct program *starter, const char *text, bool all)
{
	const char *name = short_name(starter->pitfall);
	int hints = answers_hints(text), taken = reader_standing(&desk->reader, starter->pitfall).hints;
	int first = all ? 1 : taken + 1, last = all ? hints : taken + 1;

	printf("%s\n\n", starter->pitfall);
	for (int level = first; level <= last && level <= hints; level++)
		print_hint(text, level);
	if (first > hints)
		printf("All %d hints were given: './loose hint --all %s' shows them again, './loose solution %s' ours.\n",
		       hints, name, name);
	else if (last < hints)
		printf("%d more: ./loose hint %s\n", hints - last, name);
	if (first == 1 && !all)
		printf("What the exercise is worth in a class: ./loose grade --rubric %s\n", name);
	fflush(stdout);
	for (int level = taken + 1; level <= last && level <= hints; level++)
		reader_note_hint(&desk->reader, starter->pitfall, level);
}

static int hint(const char *root, int argc, char **argv)
{
	struct hint hint = {0};
	struct operands operands;
	struct desk desk;

	if (options_parse(&command_hint, argc, argv, &hint, &operands) != 0)
		return STATUS_BAD_INPUT;
	desk_open(&desk, root);
	const struct program *starter = exercise_find(&desk.catalogue, &desk.reader, operands.items[0]);
	char *text = starter ? text_of_pitfall(&desk.catalogue, "exercises", starter->pitfall) : NULL;
	if (text)
		give_hints(&desk, starter, text, hint.all);
	desk_close(&desk);
	free(text);
	return text ? STATUS_AGREES : STATUS_BAD_INPUT;
}

static const struct option_spec hint_options[] = {
	{"all", OPTION_FLAG, NULL, "all of them, those that you have seen too", offsetof(struct hint, all)},
	{0},
};

const struct command_entry command_hint = {
	.name = "hint",
	.arguments = "[EXERCISE]",
	.summary = "a hint for the exercise, one at a time",
	.about =
		"Shows the next hint for EXERCISE, or for the one in hand: first a nudge, in the end nearly the answer.",
	.options = hint_options,
	.operands = {OPERAND_PITFALL},
	.most = 1,
	.run = hint,
};

/* --- the solution --------------------------------------------------------------------------------------------------*/

/* Ours, and where the other right designs and the wrong fixes are. */
static void show_solution(const struct catalogue *catalogue, const char *pitfall)
{
	struct text text;
	FILE *out = text_open(&text);

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct program *program = &catalogue->programs[i];
		if (strcmp(program->pitfall, pitfall) != 0)
			continue;
		if (program->role == ROLE_SOLUTION)
			fprintf(out, "==== %s ====\n\n%s\n", program->path, program->source ? program->source : "");
		else if (program->role == ROLE_ALSO_RIGHT)
			fprintf(out, "Another right design: %s\n", program->path);
		else if (program->role == ROLE_WRONG)
			fprintf(out, "A wrong fix, and why it is: %s\n", program->path);
	}
	char *pages = text_close(&text);
	page(*pages ? pages : "This workbook is one for students, without solutions.\n");
	free(pages);
}

static void give_solution(struct desk *desk, const char *pitfall)
{
	struct standing standing = reader_standing(&desk->reader, pitfall);
	bool shown = standing.passed_at || standing.asked > 0;

	if (shown)
		show_solution(&desk->catalogue, pitfall);
	else
		printf("You have not passed %s yet. './loose hint %s' gives a hint; ask once more, and the solution is shown.\n",
		       pitfall, short_name(pitfall));
	fflush(stdout);
	reader_note_solution(&desk->reader, pitfall, shown);
}

static int solution(const char *root, int argc, char **argv)
{
	struct operands operands;
	struct desk desk;

	if (options_parse(&command_solution, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	desk_open(&desk, root);
	const struct program *starter = exercise_find(&desk.catalogue, &desk.reader, operands.items[0]);
	if (starter)
		give_solution(&desk, starter->pitfall);
	desk_close(&desk);
	return starter ? STATUS_AGREES : STATUS_BAD_INPUT;
}

static const struct option_spec solution_options[] = {{0}};

const struct command_entry command_solution = {
	.name = "solution",
	.arguments = "[EXERCISE]",
	.summary = "our solution of the exercise",
	.about =
		"Shows our solution of EXERCISE, or of the one in hand, in $PAGER (default: less), and names the other right "
		"designs. Before you have passed it, you have to ask twice.",
	.options = solution_options,
	.operands = {OPERAND_PITFALL},
	.most = 1,
	.run = solution,
};

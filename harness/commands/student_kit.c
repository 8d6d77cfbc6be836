/* The workbook for students. What is in it is decided in grading/kit.h. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"
#include "grading/kit.h"

struct student_kit {
	const char *out;
	bool with_answers;
};

static int make_kit(struct workbook *workbook, const struct student_kit *kit)
{
	char *error = NULL;
	int status = 0;

	workbook_tools(workbook);
	if (kit_make(&workbook->catalogue, &workbook->toolchain, kit->with_answers, kit->out, &error) != 0)
		status = bad_input("%s", error);
	else
		printf("The workbook for students is in '%s'. It has no solutions; it judges as this one does.\n",
		       kit->out);
	free(error);
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	struct student_kit kit = {0};
	struct operands operands;
	struct workbook workbook;

	if (options_parse(&command_student_kit, argc, argv, &kit, &operands) != 0)
		return STATUS_BAD_INPUT;
	if (!kit.out)
		return bad_input("student-kit takes --out DIR, a folder that is not there yet");
	int status = open_workbook(&workbook, root);
	if (status)
		return status;
	status = make_kit(&workbook, &kit);
	workbook_close(&workbook);
	return status;
}

static const struct option_spec options[] = {
	{"out", OPTION_FILE, "DIR", "the folder to make; it must not be there", offsetof(struct student_kit, out)},
	{"with-answers", OPTION_FLAG, NULL,
	 "keep what a prediction is about: declarations, and what the texts and pictures say of the detectors",
	 offsetof(struct student_kit, with_answers)},
	{0},
};

const struct command_entry command_student_kit = {
	.name = "student-kit",
	.arguments = "",
	.summary = "make the workbook for students, without solutions",
	.about =
		"Copies what students need: the chapters, the exercises, and the harness, which judges at home as grade does. "
		"Solutions, other right designs, wrong fixes, mutants and the harness's own tests are not in it, and neither is "
		"anything else that lies in an exercise's folder. The answers of predictions are left out too, the chapters' declarations "
		"and what the texts say from 'What happens' on: predict holds an answer against what it sees when it runs the "
		"program. --with-answers keeps them, for the day on which the predictions have been made.\n\n"
		"The kit notes which tools it was made with; check warns a student whose tools differ.",
	.options = options,
	.run = run,
};

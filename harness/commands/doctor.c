#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "judge/trust.h"
#include "report/report.h"
#include "verdict/detector.h"

static int list_kinds(void)
{
	for (size_t i = 0; detectors[i]; i++) {
		printf("%s\n", detectors[i]->name);
		for (const struct kind *kind = detectors[i]->kinds; kind->name; kind++)
			printf("  %-24s %s\n", kind->name, kind->meaning ? kind->meaning : "");
	}
	return STATUS_AGREES;
}

/* One line for each detector: trusted, or what it got wrong. */
static int tell(const struct results *results)
{
	int status = STATUS_AGREES;

	for (size_t i = 0; detectors[i]; i++) {
		const struct result *wrong = NULL;
		for (size_t j = 0; j < results->count; j++)
			if (results->items[j].detector == detectors[i] && !results->items[j].verdict.agrees && !wrong)
				wrong = &results->items[j];
		if (!wrong) {
			printf("%-9s can be trusted here\n", detectors[i]->name);
			continue;
		}
		const char *fix = trust_fix(wrong);
		printf("%-9s CANNOT be trusted here: on a known '%s' program %s%s%s\n", detectors[i]->name,
		       wrong->program->name, wrong->verdict.why, fix ? "; " : "", fix ? fix : "");
		status = STATUS_CANNOT_JUDGE;
	}
	return status;
}

static int examine(struct workbook *workbook)
{
	const struct judging_options options = {.repeat = 1, .fresh = true};
	const struct toolchain *tools = &workbook->toolchain;
	struct catalogue selftest;
	struct results results;
	char *error;
	int status;

	workbook_tools(workbook);
	printf("clang %s, valgrind %s, glibc %s, kernel %s\n", tools->clang, tools->valgrind, tools->glibc,
	       tools->kernel);
	fflush(stdout);
	if (trust_examine(workbook, detectors, &options, &selftest, &results, &error) != 0) {
		status = cannot_judge("%s", error);
	} else if (workbook->loop.interrupted) {
		status = 128 + workbook->loop.interrupted;
	} else {
		report_table(stdout, style_of(stdout), &results);
		report_disagreements(stdout, style_of(stdout), workbook->loop.root, &results);
		status = tell(&results);
	}
	free(error);
	results_release(&results);
	catalogue_release(&selftest);
	return status;
}

struct request {
	bool kinds;
};

static int run(const char *root, int argc, char **argv)
{
	struct request request = {0};
	struct operands operands;
	struct workbook workbook;
	int status;

	if (options_parse(&command_doctor, argc, argv, &request, &operands) != 0)
		return STATUS_BAD_INPUT;
	if (request.kinds)
		return list_kinds();
	status = open_workbook(&workbook, root);
	if (status)
		return status;
	status = examine(&workbook);
	workbook_close(&workbook);
	return status;
}

static const struct option_spec options[] = {
	{"kinds", OPTION_FLAG, NULL, "list every kind of report that a detector makes, in plain words",
	 offsetof(struct request, kinds)},
	{0},
};

const struct command_entry command_doctor = {
	.name = "doctor",
	.arguments = "",
	.summary = "tell which detectors can be trusted on this machine",
	.about = "Runs a known race, a known lock-order inversion, a known leak and a known clean program under each "
		 "detector.",
	.options = options,
	.run = run,
};

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "judge/toolchain.h"
#include "report/report.h"
#include "verdict/detector.h"

static int list_kinds(void)
{
	for (size_t i = 0; detectors[i]; i++) {
		printf("%s\n", detectors[i]->name);
		for (const char *const *kind = detectors[i]->kinds; *kind; kind++) {
			const char *meaning = detectors[i]->explain(*kind);
			printf("  %-24s %s\n", *kind, meaning ? meaning : "");
		}
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
		printf("%-9s CANNOT be trusted here: on a known '%s' program %s\n", detectors[i]->name,
		       wrong->program->name, wrong->verdict.why);
		status = STATUS_CANNOT_JUDGE;
	}
	return status;
}

static int examine(struct loop *loop, const struct catalogue *doctor)
{
	const struct engine_options options = {.repeat = 1, .fresh = true};
	struct toolchain toolchain;
	struct results results = {0};
	char *error = NULL;
	int status;

	toolchain_find(&toolchain);
	printf("clang %s, valgrind %s, glibc %s, kernel %s\n", toolchain.clang, toolchain.valgrind, toolchain.glibc,
	       toolchain.kernel);
	if (engine_doctor(loop, &toolchain, doctor, detectors, &options, &results, &error) != 0) {
		status = cannot_judge("%s", error);
		free(error);
	} else if (loop->interrupted) {
		status = 128 + loop->interrupted;
	} else {
		report_table(stdout, style_of(stdout), &results);
		report_disagreements(stdout, style_of(stdout), loop->root, &results);
		status = tell(&results);
	}
	results_release(&results);
	toolchain_release(&toolchain);
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	bool kinds = false;
	const struct option_spec specs[] = {{"kinds", OPTION_FLAG, &kinds}, {NULL, OPTION_FLAG, NULL}};
	struct catalogue doctor;
	struct loop loop;
	int count = options_parse(argc, argv, specs, NULL), status;

	if (count < 0)
		return STATUS_BAD_INPUT;
	if (kinds)
		return list_kinds();
	catalogue_load_doctor(&doctor, root);
	if (doctor.problem_count || !doctor.count) {
		status = cannot_judge("%s", doctor.count ? doctor.problems[0] : "harness/selftest is empty");
	} else {
		loop_start(&loop, root);
		status = examine(&loop, &doctor);
		loop_release(&loop);
	}
	catalogue_release(&doctor);
	return status;
}

const struct command_entry command_doctor = {
	"doctor",
	"",
	"tell which detectors can be trusted on this machine",
	"Runs a known race, a known lock-order inversion, a known leak and a known clean\n"
	"program under each detector.\n"
	"\n"
	"  --kinds   list every kind of report that a detector makes, in plain words\n",
	run,
};

#include "trust.h"

#include <string.h>
#include <sys/personality.h>

#include "base/mem.h"
#include "exec/resources.h"
#include "verdict/detector.h"

/* What takes a second elsewhere took more than two minutes in an emulated machine whose host was busy. */
enum { PATIENCE_MS = 600000 };

int trust_examine(struct workbook *workbook, const struct detector *const *which, const struct judging_options *options,
		  struct catalogue *selftest, struct results *results, char **error)
{
	struct judging_options once = *options;
	struct tasks tasks = {0};

	once.repeat = 1;
	once.deadline_ms = PATIENCE_MS;
	*results = (struct results){0};
	*error = NULL;
	catalogue_load_doctor(selftest, workbook->loop.root);
	if (selftest->problem_count || !selftest->count) {
		*error = mem_format("the doctor's programs are damaged: %s",
				    selftest->count ? selftest->problems[0] : "harness/selftest is empty");
		return -1;
	}
	for (size_t i = 0; i < selftest->count; i++)
		for (size_t j = 0; which[j]; j++)
			tasks_add(&tasks, &selftest->programs[i], which[j]);
	int status = judge_all(workbook, &tasks, &once, NULL, NULL, results, error);
	tasks_release(&tasks);
	return status;
}

static char *missing_tool(const struct toolchain *toolchain)
{
	if (strcmp(toolchain->clang, "missing") == 0)
		return mem_copy("clang does not start; install the package 'clang'");
	if (strcmp(toolchain->valgrind, "missing") == 0)
		return mem_copy("valgrind does not start; install the package 'valgrind'");
	return NULL;
}

/* Asks, and takes it back. */
static bool may_fix_addresses(void)
{
	int now = personality(0xffffffff);

	return now != -1 && personality((unsigned long)now | ADDR_NO_RANDOMIZE) != -1 &&
	       personality((unsigned long)now) != -1;
}

const char *trust_fix(const struct result *wrong)
{
	/* Its runtime gives up with a word of its own, and then with a signal: any error may be that one. */
	bool gave_up = strcmp(wrong->detector->flavour, "tsan") == 0 && wrong->verdict.observed == OBSERVED_ERROR;

	if (gave_up && !may_fix_addresses())
		return "this container forbids fixed addresses, which it may need; fix: start it with --security-opt "
		       "seccomp=unconfined";
	return NULL;
}

static char *distrust(const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		const char *fix = result->verdict.agrees ? NULL : trust_fix(result);
		if (!result->verdict.agrees)
			return mem_format("%s cannot be trusted here: on a known '%s' program %s; %s",
					  result->detector->name, result->program->name, result->verdict.why,
					  fix ? fix : "'./loose doctor' tells more");
	}
	return NULL;
}

char *trust_problem(struct workbook *workbook, const struct detector *const *which,
		    const struct judging_options *options)
{
	/* A short deadline is for programs that may hang; these do not, and being slow is not a reason to distrust. */
	const struct judging_options patient = {.jobs = options->jobs, .repeat = 1};
	struct catalogue selftest;
	struct results results;
	char *problem;

	/* Before a tool that cannot start because something has run out counts as missing. */
	problem = resources_problem(workbook->loop.root, false);
	if (!problem) {
		workbook_tools(workbook);
		problem = missing_tool(&workbook->toolchain);
	}
	if (problem)
		return problem;
	if (trust_examine(workbook, which, &patient, &selftest, &results, &problem) == 0 && !workbook->loop.interrupted)
		problem = distrust(&results);
	results_release(&results);
	catalogue_release(&selftest);
	return problem;
}

/*
 * The reader's own program, from anywhere. A file of the workbook is judged as
 * such: an exercise's file by its test and all detectors, whatever its comment
 * still declares. How it is made stands in check_plan.c, what is said of it in check_tell.c.
 */
#include <stdlib.h>

#include "check.h"
#include "exercise.h"
#include "gated.h"
#include "report/report.h"
#include "sources.h"
#include "verdict/budget.h"
#include "verdict/detector.h"

static int judge_tasks(struct check *check)
{
	const struct judging_options options = {.repeat = 1,
						.fresh = true,
						.deadline_ms = check->timeout * 1000,
						.idle_ms = check->idle * 1000,
						.bounds = check->bounds,
						.outside = check->directory ? &check->outside : NULL,
						.keep_output = true,
						.late_runs = check->program.submission ? LATE_RUNS : 0,
						.admits = check->gated.gate ? gated_admits : NULL,
						.admits_context = &check->gated};
	struct follow follow = {.verdicts = true};
	char *error;

	follow_start(&follow, &check->tasks);
	judge_all(&check->workbook, &check->tasks, &options, &follow_events, &follow, &check->results, &error);
	follow_end(&follow);
	int status = error && !check->workbook.loop.interrupted ? cannot_judge("%s", error) : 0;
	free(error);
	return status;
}

static int judge(struct check *check)
{
	const struct judging_options options = {.repeat = 1};
	const struct program *known = check_in_workbook(check);
	int status = check->sandboxed ? check_find_sandbox(check) : 0;

	if (status == 0)
		status = ensure_trust(&check->workbook, detectors, &options);
	if (status == 0 && known && check->sources.first_flag)
		status = bad_input("'%s' is compiled as the workbook says; leave out '%s'", known->path,
				   check->sources.first_flag);
	else if (status == 0 && known)
		check_plan_in_workbook(check, known);
	else if (status == 0)
		status = check_plan_elsewhere(check);
	for (size_t i = 0; detectors[i]; i++)
		tasks_add(&check->tasks, &check->program, detectors[i]);
	if (status == 0 && known && check->sandboxed)
		status = check_plan_exercise_in_sandbox(check, known);
	if (status == 0 && check->sandboxed)
		status = check_plan_sandbox(check);
	if (status == 0 && !check->workbook.loop.interrupted)
		status = judge_tasks(check);
	if (check->workbook.loop.interrupted)
		return 128 + check->workbook.loop.interrupted;
	if (status == 0) {
		status = check_tell(check);
		if (check->program.submission)
			check_tell_graders_tools(check);
		check_note_attempt(check, status);
	}
	return status;
}

static int read_bounds(const char *bounds)
{
	struct budget budget = {0};
	char *error;

	if (!bounds || budget_parse(&budget, bounds, &error)) {
		budget_release(&budget);
		return 0;
	}
	int status = bad_input("--budget: %s", error);
	budget_release(&budget);
	free(error);
	return status;
}

static int run(const char *root, int argc, char **argv)
{
	struct check check = {.timeout = 120, .idle = 20};
	struct operands operands;

	if (options_parse(&command_check, argc, argv, &check, &operands) != 0)
		return STATUS_BAD_INPUT;
	check.arguments = operands.passed;
	int status = read_bounds(check.bounds);
	if (status == 0)
		status = open_workbook(&check.workbook, root);
	if (status)
		return status;
	memory_open(&check.reader, root);
	status = sources_take(&check.sources, &check.workbook.catalogue, &check.reader, &operands);
	if (status == 0 && check.json)
		status = output_open(&check.json_file, check.json);
	if (status == 0)
		status = judge(&check);
	check_release(&check);
	memory_close(&check.reader);
	workbook_close(&check.workbook);
	output_discard(&check.json_file);
	sources_release(&check.sources);
	return status;
}

static const struct option_spec options[] = {
	{"budget", OPTION_TEXT, "BOUNDS",
	 "the leak budget to hold it against: 'threads at exit <= 1', 'threads <= in_flight + 10, memory <= start + 16 MiB'",
	 offsetof(struct check, bounds)},
	{"json", OPTION_FILE, "FILE", "the results as JSON, schema loose-threads/verify/1",
	 offsetof(struct check, json)},
	{"timeout", OPTION_NUMBER, "S", "seconds before a run counts as hung (default: 120)",
	 offsetof(struct check, timeout)},
	{"idle", OPTION_COUNT, "S",
	 "seconds that it may do nothing but wait for something from outside (default: 20; 0: as long as --timeout); a "
	 "deadlock is told at once",
	 offsetof(struct check, idle)},
	{"stop-after", OPTION_NUMBER, "S",
	 "send it SIGTERM as soon as it does nothing but wait, or after S seconds; a budget that says 'stops within 2 s' does so "
	 "too, after 5 s",
	 offsetof(struct check, stop_after)},
	{"sandbox", OPTION_FLAG, NULL,
	 "compile and run it where it sees nothing of yours and reaches nobody: for a file that somebody else has written; an "
	 "exercise's goes through the gate of grade",
	 offsetof(struct check, sandboxed)},
	{0},
};

const struct command_entry command_check = {
	.name = "check",
	.arguments = "[EXERCISE | FILE.c... [FLAG...]] [-- ARG...]",
	.summary = "judge your exercise, or a program of yours, under all detectors",
	.about =
		"Compiles the files as one program, as 'cc -pthread FILE.c... -lm' does, runs it under every detector with the "
		"arguments after --, and explains each finding in the source. A FLAG is the compiler's: -I, -D, -std=, -l, -L, "
		"-fopenmp, -O2 and so on; objects and libraries may stand among the files. What you have in CPPFLAGS, CFLAGS, "
		"LDFLAGS and LDLIBS counts too, and all paths are meant from where you are. What you give as standard input "
		"(< FILE) each run reads from its beginning. Warnings are shown and do not "
		"keep it from judging. _GNU_SOURCE is defined where something would not be declared without it.\n\n"
		"A program whose first comment carries a declaration is judged by it; any other is reported. The file of an "
		"exercise is judged by its test: all must pass, none may fire; and when all agree, the tests and the quick detectors "
		"run three times more, with threads that start, lock, wake up and end late by chance.\n\n"
		"EXERCISE is the name of its pitfall: your own copy of it is judged, in work/, which is made when you first open "
		"it. Without any word that is the exercise in hand.",
	.options = options,
	.operands = {OPERAND_SOURCE, OPERAND_SOURCE},
	.most = -1,
	.passes = true,
	.compiles = true,
	.run = run,
};

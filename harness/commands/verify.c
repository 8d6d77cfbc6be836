#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command.h"
#include "report/report.h"
#include "verdict/detector.h"

struct verify {
	bool chapters, exercises, fresh, timings;
	long repeat, jobs, timeout;
	const char *detector, *json, *junit;
	struct workbook workbook;
	struct tasks tasks;
	struct judging_options options;
	const struct detector *only;
	struct output json_file, junit_file;
};

static bool wanted(const struct verify *verify, const struct program *program, char **pitfalls, int count)
{
	bool chapter = program->role == ROLE_BROKEN || program->role == ROLE_FIXED, named = count == 0;

	for (int i = 0; i < count; i++)
		named = named || strcmp(pitfalls[i], program->pitfall) == 0;
	if (verify->chapters != verify->exercises && chapter != verify->chapters)
		return false;
	return named && program->declared;
}

static void plan(struct verify *verify, char **pitfalls, int count)
{
	const struct catalogue *catalogue = &verify->workbook.catalogue;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct program *program = &catalogue->programs[i];
		const struct detector *test = detector_named("test");

		if (!wanted(verify, program, pitfalls, count))
			continue;
		if (declaration_of(&program->declaration, test) && (!verify->only || verify->only == test))
			tasks_add(&verify->tasks, program, test);
		for (size_t j = 0; detectors[j]; j++)
			if (declaration_of(&program->declaration, detectors[j]) &&
			    (!verify->only || verify->only == detectors[j]))
				tasks_add(&verify->tasks, program, detectors[j]);
	}
}

static int trust(struct verify *verify)
{
	const struct detector *which[16] = {NULL};
	size_t count = 0;

	for (size_t j = 0; detectors[j]; j++)
		for (size_t i = 0; i < verify->tasks.count; i++)
			if (verify->tasks.items[i].detector == detectors[j]) {
				which[count++] = detectors[j];
				break;
			}
	return ensure_trust(&verify->workbook, which, &verify->options);
}

static int write_files(struct verify *verify, const struct results *results)
{
	int json = 0, junit = 0;

	if (verify->json) {
		report_json(verify->json_file.file, verify->workbook.loop.root, &verify->workbook.toolchain, results);
		json = output_close(&verify->json_file);
	}
	if (verify->junit) {
		report_junit(verify->junit_file.file, results);
		junit = output_close(&verify->junit_file);
	}
	return json ? json : junit;
}

static int report(struct verify *verify, const struct results *results)
{
	FILE *out = verify->json && strcmp(verify->json, "/dev/stdout") == 0 ? stderr : stdout;
	struct style style = style_of(out);
	int status = status_of(results);

	report_table(out, style, results);
	report_disagreements(out, style, verify->workbook.loop.root, results);
	if (verify->timings)
		report_timings(out, results, (int)uv_available_parallelism());
	fflush(out);
	for (size_t i = 0; i < verify->workbook.catalogue.problem_count; i++)
		status = bad_input("%s", verify->workbook.catalogue.problems[i]);
	int written = write_files(verify, results);
	return written ? written : status;
}

static int judge(struct verify *verify)
{
	struct results results = {0};
	struct watch watch;
	char *error = NULL;
	int status = trust(verify);

	if (status == STATUS_AGREES && !verify->workbook.loop.interrupted) {
		watch_start(&watch, &verify->tasks);
		judge_all(&verify->workbook, &verify->tasks, &verify->options, &watch_events, &watch, &results, &error);
		watch_end(&watch);
		if (error)
			status = cannot_judge("%s", error);
		else if (!verify->workbook.loop.interrupted)
			status = report(verify, &results);
		else
			fprintf(stderr, "loose: interrupted; %zu of %zu verdicts are kept\n", results.count,
				verify->tasks.count);
		results_release(&results);
		free(error);
	}
	output_discard(&verify->json_file);
	output_discard(&verify->junit_file);
	return verify->workbook.loop.interrupted ? 128 + verify->workbook.loop.interrupted : status;
}

/* Opens what is to be written before anything long begins. */
static int open_files(struct verify *verify)
{
	int status = verify->json ? output_open(&verify->json_file, verify->json) : 0;

	if (status == 0 && verify->junit)
		status = output_open(&verify->junit_file, verify->junit);
	if (status)
		output_discard(&verify->json_file);
	return status;
}

static int prepare(struct verify *verify, int count, char **operands)
{
	if (verify->detector && !(verify->only = find_detector(verify->detector)))
		return STATUS_BAD_INPUT;
	if (verify->repeat < 1)
		return bad_input("--repeat takes a number from 1 on");
	if (verify->jobs == 0)
		return bad_input("--jobs takes a number from 1 on");
	for (int i = 0; i < count; i++) {
		const char *pitfall = find_pitfall(&verify->workbook.catalogue, operands[i]);
		if (!pitfall)
			return STATUS_BAD_INPUT;
		operands[i] = (char *)pitfall;
	}
	verify->options = (struct judging_options){.jobs = verify->jobs > 0 ? (int)verify->jobs : 0,
						   .repeat = (unsigned)verify->repeat,
						   .fresh = verify->fresh,
						   .deadline_ms = verify->timeout * 1000};
	plan(verify, operands, count);
	return open_files(verify);
}

static int run(const char *root, int argc, char **argv)
{
	struct verify verify = {.repeat = 1, .jobs = -1 /* not said */};
	const struct option_spec specs[] = {
		{"chapters", OPTION_FLAG, &verify.chapters},
		{"exercises", OPTION_FLAG, &verify.exercises},
		{"repeat", OPTION_NUMBER, &verify.repeat},
		{"jobs", OPTION_NUMBER, &verify.jobs},
		{"detector", OPTION_TEXT, &verify.detector},
		{"fresh", OPTION_FLAG, &verify.fresh},
		{"json", OPTION_TEXT, &verify.json},
		{"junit", OPTION_TEXT, &verify.junit},
		{"timings", OPTION_FLAG, &verify.timings},
		{"timeout", OPTION_NUMBER, &verify.timeout},
		{NULL, OPTION_FLAG, NULL},
	};
	int count = options_parse(argc, argv, specs, NULL);

	if (count < 0)
		return STATUS_BAD_INPUT;
	int status = open_workbook(&verify.workbook, root);
	if (status)
		return status;
	status = prepare(&verify, count, argv + 1);
	if (status == 0)
		status = judge(&verify);
	tasks_release(&verify.tasks);
	workbook_close(&verify.workbook);
	return status;
}

const struct command_entry command_verify = {
	"verify",
	"[PITFALL...]",
	"judge the programs: does each detector see what they declare?",
	"Judges every program of the named pitfalls, or of all: broken and fixed ones of\n"
	"the chapters; starter, solution, also-right and wrong ones of the exercises.\n"
	"What has not changed since it was judged is not run again.\n"
	"\n"
	"  --chapters       only the chapters' programs\n"
	"  --exercises      only the exercises' programs\n"
	"  --detector D     only test, tsan, helgrind, drd, memcheck or budget\n"
	"  --repeat N       run each pair N times; all runs must agree\n"
	"  --fresh          run also what has not changed\n"
	"  --jobs N         runs at once (default: two for each core, and those that wait)\n"
	"  --timeout S      seconds before a run counts as hung (default: 120)\n"
	"  --timings        the time of all runs, and the ten slowest\n"
	"  --json FILE      the results as JSON, schema loose-threads/verify/1\n"
	"  --junit FILE     the results as JUnit XML\n",
	run,
};

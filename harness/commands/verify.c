#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command.h"
#include "mutants.h"
#include "report/report.h"
#include "verdict/detector.h"

struct verify {
	bool chapters, exercises, fresh, timings, mutants;
	long repeat, delays, jobs, timeout;
	const char *json, *junit;
	struct named *named; /* what the reader named; none: all */
	size_t named_count;
	struct workbook workbook;
	struct tasks tasks;
	struct judging_options options;
	const struct detector *only;
	struct output json_file, junit_file;
};

static bool is_meant(const struct named *named, const char *pitfall)
{
	if (named->chapter)
		return strncmp(named->pitfall, pitfall, strcspn(pitfall, "/") + 1) == 0;
	return strcmp(named->pitfall, pitfall) == 0;
}

static bool is_named(const void *context, const struct program *program)
{
	const struct verify *verify = context;
	bool named = verify->named_count == 0;

	for (size_t i = 0; i < verify->named_count; i++)
		named = named || is_meant(&verify->named[i], program->pitfall);
	return named;
}

static bool wanted(const struct verify *verify, const struct program *program)
{
	bool chapter = program->role == ROLE_BROKEN || program->role == ROLE_FIXED;

	if (verify->chapters != verify->exercises && chapter != verify->chapters)
		return false;
	return is_named(verify, program) && program->declared;
}

static void plan(struct verify *verify)
{
	const struct catalogue *catalogue = &verify->workbook.catalogue;

	for (size_t i = 0; i < catalogue->count; i++) {
		const struct program *program = &catalogue->programs[i];
		const struct detector *test = detector_of_tests();

		if (!wanted(verify, program))
			continue;
		if (declaration_of(&program->declaration, test) && (!verify->only || verify->only == test))
			tasks_add(&verify->tasks, program, test);
		for (size_t j = 0; detectors[j]; j++)
			if (declaration_of(&program->declaration, detectors[j]) &&
			    (!verify->only || verify->only == detectors[j]))
				tasks_add(&verify->tasks, program, detectors[j]);
	}
	for (size_t i = 0; i < verify->tasks.count; i++)
		verify->tasks.items[i].delays = (uint64_t)verify->delays;
}

static int trust(struct verify *verify)
{
	size_t count = 0;

	while (detectors[count])
		count++;
	const struct detector **which = mem_zeroed(count + 1, sizeof(struct detector *));
	count = 0;
	for (size_t j = 0; detectors[j]; j++)
		for (size_t i = 0; i < verify->tasks.count; i++)
			if (verify->tasks.items[i].detector == detectors[j]) {
				which[count++] = detectors[j];
				break;
			}
	int status = ensure_trust(&verify->workbook, which, &verify->options);
	free(which);
	return status;
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
	FILE *out = output_is_standard(verify->json) || output_is_standard(verify->junit) ? stderr : stdout;
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
	struct follow follow = {.declared = true};
	char *error = NULL;
	int status = trust(verify);

	if (status == STATUS_AGREES && !verify->workbook.loop.interrupted) {
		follow_start(&follow, &verify->tasks);
		judge_all(&verify->workbook, &verify->tasks, &verify->options, &follow_events, &follow, &results,
			  &error);
		follow_end(&follow);
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

static int prepare(struct verify *verify, const struct operands *operands)
{
	verify->named = mem_zeroed((size_t)operands->count + 1, sizeof *verify->named);
	for (; verify->named_count < (size_t)operands->count; verify->named_count++)
		if (find_named(&verify->workbook.catalogue, operands->items[verify->named_count], true,
			       &verify->named[verify->named_count]) != 0)
			return STATUS_BAD_INPUT;
	if (output_is_standard(verify->json) && output_is_standard(verify->junit))
		return bad_input("--json and --junit cannot both write to standard output; name a file for one");
	verify->options = (struct judging_options){.jobs = (int)verify->jobs,
						   .repeat = (unsigned)verify->repeat,
						   .fresh = verify->fresh,
						   .deadline_ms = verify->timeout * 1000};
	if (verify->mutants && (verify->chapters || verify->only || verify->timings || verify->junit))
		return bad_input(
			"--mutants goes with --exercises, --repeat, --fresh, --jobs, --timeout and --json only");
	if (verify->delays && verify->repeat < 2)
		return bad_input("--delays is for the runs after the first; give --repeat 2 or more too");
	plan(verify);
	return open_files(verify);
}

static int judge_mutants(struct verify *verify)
{
	const struct mutants_request request = {.workbook = &verify->workbook,
						.wanted = is_named,
						.context = verify,
						.options = &verify->options,
						.json = &verify->json_file,
						.json_path = verify->json};

	return verify_mutants(&request);
}

static int run(const char *root, int argc, char **argv)
{
	struct verify verify = {.repeat = 1};
	struct operands operands;

	if (options_parse(&command_verify, argc, argv, &verify, &operands) != 0)
		return STATUS_BAD_INPUT;
	int status = open_workbook(&verify.workbook, root);
	if (status)
		return status;
	status = prepare(&verify, &operands);
	if (status == 0)
		status = verify.mutants ? judge_mutants(&verify) : judge(&verify);
	tasks_release(&verify.tasks);
	workbook_close(&verify.workbook);
	free(verify.named);
	return status;
}

static const struct option_spec options[] = {
	{"chapters", OPTION_FLAG, NULL, "only the chapters' programs", offsetof(struct verify, chapters)},
	{"exercises", OPTION_FLAG, NULL, "only the exercises' programs", offsetof(struct verify, exercises)},
	{"detector", OPTION_DETECTOR, "D", "only {detectors}", offsetof(struct verify, only)},
	{"repeat", OPTION_NUMBER, "N", "run each pair N times; all runs must agree", offsetof(struct verify, repeat)},
	{"delays", OPTION_NUMBER, "SEED",
	 "with --repeat: after the first run the exercises' threads start, lock, wake up and end late, by a chance that the seed decides",
	 offsetof(struct verify, delays)},
	{"fresh", OPTION_FLAG, NULL, "run even what has not changed", offsetof(struct verify, fresh)},
	{"jobs", OPTION_NUMBER, "N",
	 "runs at once (default: two for each core, those that wait, and more while it is idle)",
	 offsetof(struct verify, jobs)},
	{"timeout", OPTION_NUMBER, "S", "seconds before a run counts as hung (default: 120)",
	 offsetof(struct verify, timeout)},
	{"timings", OPTION_FLAG, NULL, "the time of all runs, and the ten slowest", offsetof(struct verify, timings)},
	{"mutants", OPTION_FLAG, NULL, "whether the exercises' judges refuse small faults put into right programs",
	 offsetof(struct verify, mutants)},
	{"json", OPTION_FILE, "FILE", "the results as JSON, schema loose-threads/verify/1, or loose-threads/mutants/1",
	 offsetof(struct verify, json)},
	{"junit", OPTION_FILE, "FILE", "the results as JUnit XML", offsetof(struct verify, junit)},
	{0},
};

const struct command_entry command_verify = {
	.name = "verify",
	.arguments = "[PITFALL...]",
	.summary = "judge the programs: does each detector see what they declare?",
	.about =
		"Judges every program of the named pitfalls, or of all: broken and fixed ones of the chapters; starter, "
		"solution, also-right and wrong ones of the exercises. A chapter, '02-ownership' for one, names all its "
		"pitfalls. What has not changed since it was judged is not run again.\n\n"
		"With --mutants it judges the exercises' tests instead: one small fault after the other is put into each "
		"right program, as 'signal' for 'broadcast' or a lock that is not taken, and the plain tests or one of the "
		"detectors must refuse it. What keeps the promise all the same stands in the exercise's "
		"'solutions/.../equivalent.txt', with the reason.",
	.options = options,
	.operands = {OPERAND_PITFALL, OPERAND_PITFALL},
	.most = -1,
	.run = run,
};

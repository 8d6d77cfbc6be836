#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "command.h"
#include "docs/docs.h"
#include "drawing.h"
#include "exercise.h"
#include "picture.h"
#include "reader/answers.h"
#include "recording.h"
#include "report/plot.h"
#include "report/report.h"
#include "verdict/detector.h"

struct request {
	const struct program *program, *fixed; /* fixed: of --plot, which runs both; else NULL */
	const struct detector *only;
	const char *plot, *trace; /* the files' names; NULL: none */
	bool commands;
	bool lanes; /* draw them of both programs, and nothing else */
	bool answers;
	bool hidden; /* what is declared, for the reader has not predicted it yet */
	struct output picture, traced;
};

static void plan(struct tasks *tasks, const struct request *request)
{
	const struct detector *test = detector_of_tests();

	if (program_has_test(request->program) && (!request->only || request->only == test))
		tasks_add(tasks, request->program, test);
	for (size_t i = 0; detectors[i]; i++)
		if (!request->only || request->only == detectors[i])
			tasks_add(tasks, request->program, detectors[i]);
	if (request->fixed)
		tasks_add(tasks, request->fixed, request->only);
}

/*
 * The figure of the bound that is broken, by the run of `broken`; where none is, the threads. A picture of a pair is of one
 * bound.
 */
static bool plot_of(const struct result *broken, const struct result *result, struct plot *plot)
{
	const char *bounds = broken->expected ? broken->expected->bounds : NULL;
	struct budget budget = {0};
	char *error = NULL;

	if (bounds)
		budget_parse(&budget, bounds, &error);
	const struct bound *bound = plot_broken_bound(&budget, broken->seen.measured, &broken->seen.findings);
	bool made = bound && plot_can_show(result->seen.measured, bound)
			    ? plot_init_bound(plot, result->seen.measured, bound)
			    : plot_init(plot, result->seen.measured, bounds);
	free(error);
	budget_release(&budget);
	return made;
}

/*
 * What is seen gives no answer away: the reader has asked for it. What disagrees is told whole. The items are
 * for the caller to free; what they own stays that of the results.
 */
static struct results without_answers(const struct request *request, const struct results *results)
{
	struct results shown = *results;

	shown.items = mem_zeroed(results->count, sizeof *shown.items);
	for (size_t i = 0; i < results->count; i++) {
		shown.items[i] = results->items[i];
		if (request->hidden && results->items[i].verdict.agrees)
			shown.items[i].expected = NULL;
	}
	return shown;
}

static void tell(const char *root, const struct request *request, const struct results *results)
{
	const char *file = request->plot ? request->plot : request->trace;
	FILE *out = output_is_standard(file) ? stderr : stdout;
	const struct style style = style_of(out);
	struct plot plot;

	/* A pair is two programs, of one detector. */
	struct results shown = without_answers(request, results);
	if (!request->fixed)
		report_summary(out, style, root, &shown, false);
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (request->fixed) {
			fprintf(out, "--- %s ---\n", result->program->name);
			report_result(out, style, root, &shown.items[i]);
		}
		if (!request->only || !request->only->measures || !plot_of(&results->items[0], result, &plot))
			continue;
		plot_print(out, style, &plot);
		plot_release(&plot);
		if (i + 1 < results->count)
			fputc('\n', out);
	}
	free(shown.items);
	if (request->hidden) {
		char *how = answers_how(request->program->pitfall);
		fprintf(stderr, "loose: %s\n", how);
		free(how);
	}
}

/* `status` is what the results call for: a picture does not change that, unless it cannot be drawn. */
static int draw(struct loop *loop, struct request *request, const struct results *results, int status)
{
	struct plot plots[2];
	int drawn = 0, failed;

	while (drawn < 2 && plot_of(&results->items[0], &results->items[drawn], &plots[drawn]))
		drawn++;
	if (drawn == 2) {
		failed = picture_draw(&request->picture, loop, request->program->pitfall, &plots[0], &plots[1]);
	} else {
		failed = cannot_judge("'%s' is not drawn: nothing was measured of %s", request->plot,
				      results->items[drawn].program->name);
		failed = status ? status : failed;
	}
	for (int i = 0; i < drawn; i++)
		plot_release(&plots[i]);
	return failed ? failed : status;
}

/* Likewise: one more run, with the tracer. */
static int record(struct workbook *workbook, struct request *request, const struct results *results, int status)
{
	struct trace trace;
	int failed = record_program(workbook, request->program, results, &trace);

	if (failed)
		return failed > STATUS_CANNOT_JUDGE || !status ? failed : status;
	trace_write(request->traced.file, &trace);
	trace_release(&trace);
	failed = output_close(&request->traced);
	return failed ? failed : status;
}

static int judge(struct workbook *workbook, struct request *request)
{
	const struct judging_options options = {.repeat = 1, .fresh = true};
	struct tasks tasks = {0};
	struct results results;
	struct follow follow = {.verdicts = true};
	char *error;
	int status;

	plan(&tasks, request);
	follow_start(&follow, &tasks);
	judge_all(workbook, &tasks, &options, &follow_events, &follow, &results, &error);
	follow_end(&follow);
	if (error) {
		status = cannot_judge("%s", error);
	} else if (workbook->loop.interrupted) {
		status = 128 + workbook->loop.interrupted;
	} else {
		tell(workbook->loop.root, request, &results);
		status = status_of(&results);
		if (request->plot)
			status = draw(&workbook->loop, request, &results, status);
		if (request->trace)
			status = record(workbook, request, &results, status);
	}
	free(error);
	results_release(&results);
	tasks_release(&tasks);
	return status;
}

/* The lanes of the pair, with the findings of all detectors. */
static int show_lanes(struct workbook *workbook, const char *pitfall)
{
	const struct judging_options options = {.repeat = 1};
	struct tasks tasks = {0};
	struct results results;
	struct lanes lanes[LANES_PAIR];
	struct follow follow = {0};
	char *error;

	for (size_t i = 0; i < workbook->catalogue.count; i++) {
		const struct program *program = &workbook->catalogue.programs[i];
		for (size_t j = 0; detectors[j] && program->role <= ROLE_FIXED; j++)
			if (!detectors[j]->optional && strcmp(program->pitfall, pitfall) == 0)
				tasks_add(&tasks, program, detectors[j]);
	}
	follow_start(&follow, &tasks);
	judge_all(workbook, &tasks, &options, &follow_events, &follow, &results, &error);
	follow_end(&follow);
	int status = error ? cannot_judge("%s", error) : 0;
	if (workbook->loop.interrupted)
		status = 128 + workbook->loop.interrupted;
	if (status == 0)
		status = drawing_lanes_of(workbook, pitfall, &results, lanes);
	if (status == 0) {
		lanes_print(stdout, style_of(stdout), lanes, LANES_PAIR);
		lanes_release(&lanes[0]);
		lanes_release(&lanes[1]);
	}
	free(error);
	results_release(&results);
	tasks_release(&tasks);
	return status;
}

/* The picture is of the pair, and by the budget's figures. */
static int find_pair(struct request *request, const struct catalogue *catalogue)
{
	if (request->only && !request->only->measures)
		return bad_input("--plot draws what the budget measures, not %s; use --detector budget",
				 request->only->name);
	if (request->program->role != ROLE_BROKEN && request->program->role != ROLE_FIXED)
		return bad_input("--plot draws broken and fixed side by side; leave out '%s'", request->program->name);
	request->only = detector_that_measures();
	request->program = catalogue_program(catalogue, request->program->pitfall, "broken");
	if (request->program)
		request->fixed = catalogue_program(catalogue, request->program->pitfall, "fixed");
	if (!request->fixed)
		return bad_input("--plot draws broken and fixed side by side, and one of them is missing");
	return 0;
}

/* The program that is meant by its name, by a path to its file, or by the folder. */
static const struct program *find_program(const struct catalogue *catalogue, const struct operands *operands)
{
	const char *name = operands->count > 1 ? operands->items[1] : NULL;
	const struct program *program = NULL;
	struct named named;
	char *error = NULL;

	if (find_named(catalogue, operands->items[0], false, &named) != 0)
		return NULL;
	if (named.file && !name && !named.program)
		bad_input("'%s' is not a program of the workbook; './loose check' judges one of yours",
			  operands->items[0]);
	else if (named.file && !name)
		program = named.program;
	else
		program = names_program(catalogue, named.pitfall,
					name								     ? name
					: named.exercise || pitfall_is_alone(catalogue->root, named.pitfall) ? "starter"
													     : "broken",
					&error);
	if (error)
		bad_input("%s", error);
	free(error);
	return program;
}

static int find(struct request *request, const struct catalogue *catalogue, const struct operands *operands)
{
	request->program = find_program(catalogue, operands);
	if (!request->program)
		return STATUS_BAD_INPUT;
	if (request->lanes && (request->plot || request->trace || request->only))
		return bad_input(
			"--lanes draws broken and fixed, with what every detector finds; leave out the other options");
	if (request->lanes && request->program->role > ROLE_FIXED)
		return bad_input("--lanes draws broken and fixed side by side; leave out '%s'", request->program->name);
	if (request->plot && request->trace)
		return bad_input("--plot and --trace are of different runs; ask for one of them");
	if (request->trace && program_has_test(request->program))
		return bad_input("--trace records a program of a chapter, not the tests of '%s'; name broken or fixed",
				 request->program->name);
	if (request->plot)
		return find_pair(request, catalogue);
	if (request->only == detector_of_tests() && !program_has_test(request->program))
		return bad_input("%s has no test; name another detector", request->program->path);
	return 0;
}

static int print_commands(const struct catalogue *catalogue, const struct program *program)
{
	if (program->role > ROLE_FIXED)
		return bad_input(
			"%s is run by its tests, and those need our runner; name a pitfall's broken or fixed program",
			program->path);
	struct shell_lines lines = docs_shell_lines(catalogue, program, true);
	for (size_t i = 0; i < lines.count; i++)
		puts(lines.items[i].text);
	docs_shell_lines_release(&lines);
	return 0;
}

static int run(const char *root, int argc, char **argv)
{
	struct request request = {0};
	struct operands operands;
	struct workbook workbook;

	if (options_parse(&command_run, argc, argv, &request, &operands) != 0)
		return STATUS_BAD_INPUT;
	int status = open_workbook(&workbook, root);
	if (status)
		return status;
	status = find(&request, &workbook.catalogue, &operands);
	if (status == 0)
		request.hidden = answers_are_hidden(root, request.program->pitfall, request.answers);
	if (status == 0 && request.commands) {
		status = print_commands(&workbook.catalogue, request.program);
		workbook_close(&workbook);
		return status;
	}
	if (status == 0 && request.plot)
		status = picture_open(&request.picture, &workbook.loop, request.plot);
	if (status == 0 && request.trace)
		status = output_open(&request.traced, request.trace);
	if (status == 0)
		status = request.lanes ? show_lanes(&workbook, request.program->pitfall) : judge(&workbook, &request);
	output_discard(&request.picture);
	output_discard(&request.traced);
	workbook_close(&workbook);
	return status;
}

static const struct option_spec options[] = {
	{"detector", OPTION_DETECTOR, "D",
	 "only {detectors}; the budget ends with a plot of the figure whose bound is broken, else of the threads and of the "
	 "gauges that they are bound to",
	 offsetof(struct request, only)},
	{"plot", OPTION_FILE, "FILE.svg",
	 "have gnuplot draw that plot of broken and fixed side by side, under the budget alone",
	 offsetof(struct request, plot)},
	{"trace", OPTION_FILE, "FILE",
	 "run the program once more and write what each of its threads did, step by step, as lines of JSON, with the findings "
	 "where they happen",
	 offsetof(struct request, trace)},
	{"commands", OPTION_FLAG, NULL,
	 "run nothing; print the command lines by which you have the same verdicts without the harness, in a shell in the "
	 "workbook's root",
	 offsetof(struct request, commands)},
	{"lanes", OPTION_FLAG, NULL,
	 "draw what the threads of broken and of fixed do, a lane for each, with the findings where they happen",
	 offsetof(struct request, lanes)},
	{"answers", OPTION_FLAG, NULL, "say what was declared too, though you have not predicted it yet",
	 offsetof(struct request, answers)},
	{0},
};

const struct command_entry command_run = {
	.name = "run",
	.arguments = "PITFALL [PROGRAM]",
	.summary = "run one program and have the findings explained",
	.about =
		"Runs PROGRAM (default: broken; fixed, starter, solution, wrong/NAME and so on) once under each detector, and "
		"shows every finding in the source. The path of a program's file names it too. What it declares is said once "
		"you have predicted the pitfall.",
	.options = options,
	.operands = {OPERAND_PITFALL, OPERAND_PROGRAM},
	.least = 1,
	.most = 2,
	.run = run,
};

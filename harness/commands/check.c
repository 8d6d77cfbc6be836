/*
 * The reader's own program, from anywhere. A file of the workbook is judged as
 * such: an exercise's file by its test and all detectors, whatever its comment
 * still declares.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "compiler.h"
#include "exec/build.h"
#include "exec/leftovers.h"
#include "exec/runner.h"
#include "exercise.h"
#include "gated.h"
#include "input.h"
#include "judge/submission.h"
#include "judge/toolchain.h"
#include "report/report.h"
#include "sources.h"
#include "verdict/budget.h"
#include "verdict/detector.h"

/* When a program is to be stopped and nobody says when. It is told sooner if it does nothing but wait. */
enum { STOP_AFTER_S = 5 };

struct check {
	struct workbook workbook;
	struct reader reader;
	struct program program;
	bool declares; /* the program's declaration is ours to release */
	struct sources sources;
	char *const *arguments;
	const char *bounds;		/* of --budget; may be NULL */
	const char *json;		/* the file's name; NULL: none */
	long timeout, idle, stop_after; /* in seconds; 0 of the last: nobody stops it */
	char *input;
	struct output json_file;
	struct tasks tasks;
	struct results results;
	struct outside outside;
	char *variables[5]; /* for make */
	bool sandboxed;
	struct sandbox sandbox;
	struct gated gated; /* an exercise's file, in a sandbox */
	char *directory;    /* of what is made, absolute; NULL until made */
};

/* --- a program of the workbook --- */

static const struct program *in_workbook(struct check *check)
{
	size_t root = strlen(check->workbook.loop.root);

	if (check->sources.count != 1 || strncmp(check->sources.items[0], check->workbook.loop.root, root) != 0 ||
	    check->sources.items[0][root] != '/')
		return NULL;
	for (size_t i = 0; i < check->workbook.catalogue.count; i++)
		if (check->workbook.catalogue.programs[i].role != ROLE_STARTER &&
		    strcmp(check->sources.items[0] + root + 1, check->workbook.catalogue.programs[i].path) == 0)
			return &check->workbook.catalogue.programs[i];
	return catalogue_submission(&check->workbook.catalogue, check->sources.items[0] + root + 1);
}

static void plan_in_workbook(struct check *check, const struct program *program)
{
	check->program = *program;
	check->program.submission = program->role == ROLE_STARTER;
	if (check->program.submission) {
		submission_declare(&check->workbook.catalogue, program->pitfall, &check->program.declaration);
		check->declares = true;
	}
	check->program.declared = true;
	if (program_has_test(program))
		tasks_add(&check->tasks, &check->program, detector_of_tests());
}

/* --- a program from elsewhere --- */

static int read_declaration(struct check *check)
{
	char *error, *text = file_read(check->sources.items[0]);
	enum declared declared =
		declaration_parse(check->program.path, text ? text : "", &check->program.declaration, &error);
	int status = 0;

	free(text);
	if (declared == DECLARED_BADLY) {
		status = bad_input("%s", error);
		free(error);
	}
	check->program.declared = check->declares = declared == DECLARED;
	return status;
}

/* What is made lies where leftovers_sweep() finds it should the harness be killed. *own is the directory from the root. */
static int make_directory(struct check *check, char **own)
{
	const char *root = check->workbook.loop.root;
	char *runs = mem_format("%s/build/run", root);

	*own = leftovers_name("own");
	mkdir(runs, 0777);
	free(runs);
	check->directory = mem_format("%s/%s", root, *own);
	if (mkdir(check->directory, 0777) == 0 && (!check->sandboxed || sandbox_give(check->directory) == 0))
		return 0;
	return cannot_judge("cannot make '%s': %s", check->directory, strerror(errno));
}

static char *quoted_variable(const char *name, const char *value)
{
	struct text text;
	FILE *out = text_open(&text);

	fputs(name, out);
	compiler_quote(out, value);
	return text_close(&text);
}

/* The compiler is started there: paths in flags, and in variables such as CPATH, are meant from there. */
static char *where_the_reader_is(void)
{
	char here[PATH_MAX];

	return quoted_variable("FROM=", getcwd(here, sizeof here) ? here : "/");
}

/*
 * Whether a source calls bind(). Such a program is a server, and may have a
 * fixed port: its runs, side by side, would take it from each other, and from
 * the runs after them. One that only connects may need the world.
 */
static bool binds(const struct check *check)
{
	static const char *const words[] = {"bind", NULL};

	return sources_mention(check->sources.items, check->sources.count, words);
}

/* What the reader gives to check is the program's, in each run. */
static int take_input(struct check *check)
{
	check->input = mem_format("%s/input", check->directory);
	int copied =
		input_copy(check->input, sources_mention(check->sources.items, check->sources.count, words_of_input));
	if (copied < 0)
		return cannot_judge("cannot copy standard input to '%s': %s", check->input, strerror(errno));
	if (copied)
		check->outside.input = check->input;
	return 0;
}

/* A program that is to stop is told when to: by --stop-after, or because a bound asks how long it takes to. */
static void plan_stop(struct check *check)
{
	struct budget budget = {0};
	char *error = NULL, *both = budget_both(check->bounds, NULL);

	if (both)
		budget_parse(&budget, both, &error);
	for (size_t i = 0; i < budget.count; i++)
		if (budget.bounds[i].signal) {
			check->outside.stop_signal = budget.bounds[i].signal;
			check->outside.stop_ms = STOP_AFTER_S * 1000;
		}
	if (check->stop_after) {
		check->outside.stop_ms = check->stop_after * 1000;
		if (!check->outside.stop_signal)
			check->outside.stop_signal = SIGTERM;
	}
	budget_release(&budget);
	free(error);
	free(both);
}

static int plan_elsewhere(struct check *check)
{
	char *own = NULL;

	check->program =
		(struct program){.pitfall = "", .name = "program", .path = check->sources.items[0], .role = ROLE_OTHER};
	int made = make_directory(check, &own), status = read_declaration(check);
	status = status ? status : made;
	check->variables[0] = mem_format("OWN=%s", own);
	/* In a sandbox there is no such place. */
	check->variables[1] = check->sandboxed ? mem_format("FROM=%s", check->directory) : where_the_reader_is();
	check->variables[2] = text_close(&check->sources.words);
	check->outside = (struct outside){.directory = own,
					  .variables = check->variables,
					  .arguments = check->arguments,
					  .own = check->sources.own,
					  .own_network = binds(check)};
	plan_stop(check);
	if (status == 0)
		status = take_input(check);
	return status;
}

static bool is_from_elsewhere(const struct check *check)
{
	return check->directory && !check->program.submission;
}

static void clean_up(struct check *check)
{
	gated_close(&check->gated);
	if (check->directory)
		run_remove(check->directory);
	free(check->directory);
	free(check->input);
	free((char *)check->outside.directory);
	for (int i = 0; i < 4; i++)
		free(check->variables[i]);
	if (check->declares)
		declaration_release(&check->program.declaration);
	tasks_release(&check->tasks);
	results_release(&check->results);
}

/* --- in a sandbox --- */

/* An exercise's file is made beside the runs, as one from elsewhere is: in there nothing else can be written. */
static int plan_exercise_in_sandbox(struct check *check, const struct program *known)
{
	char *own = NULL;

	if (!check->program.submission)
		return bad_input("'%s' is the workbook's own; --sandbox is for what somebody else has written",
				 known->path);
	int status = make_directory(check, &own);
	check->variables[0] = mem_format("OWN=%s", own);
	check->variables[1] = mem_format("EXERCISE=%s", check->program.pitfall);
	check->variables[2] = quoted_variable("FILE=", check->sources.items[0]);
	sources_own(&check->sources, mem_format("%s/exercises/%s", check->workbook.loop.root, check->program.pitfall));
	check->outside = (struct outside){.directory = own, .variables = check->variables, .own = check->sources.own};
	return status ? status
		      : gated_open(&check->gated, &check->workbook.catalogue, check->program.pitfall,
				   check->sources.items[0], check->directory, &check->tasks);
}

/* What the program's own files are linked with is compiled outside the sandbox, by the judge. */
static int plan_sandbox(struct check *check)
{
	bool tested = check->program.submission;
	char *parts = mem_format(tested ? "parts/%s" : "parts", check->program.pitfall), *error;

	check->sandbox = (struct sandbox){.root = check->workbook.loop.root,
					  .writable = check->directory,
					  .files = (const char *const *)check->sources.items};
	check->outside.sandbox = &check->sandbox;
	int built = build_targets(&check->workbook.loop, &parts, 1, (int)uv_available_parallelism(), &error);
	free(parts);
	if (built == 0 || check->workbook.loop.interrupted) {
		free(error);
		return 0;
	}
	int status = cannot_judge("%s", error);
	free(error);
	return status;
}

static int find_sandbox(const struct check *check)
{
	char *problem = sandbox_problem(check->workbook.loop.root);
	int status = problem ? cannot_judge("%s", problem) : 0;

	free(problem);
	if (status == 0) {
		char *limits = sandbox_limits(check->workbook.loop.root);
		fprintf(stderr, "The sandbox: %s\n", limits);
		free(limits);
	}
	return status;
}

/* --- the command --- */

/* The compiler's words, once: they are the same for each flavour. 0, or a status when there is nothing to judge. */
static int tell_compiler(const struct check *check)
{
	for (size_t i = 0; i < check->results.count; i++) {
		const struct observation *seen = &check->results.items[i].seen;
		if (!check->results.items[i].bad_input)
			continue;
		const char *words = strchr(seen->why, '\n');
		char *shown = compiler_words(check->workbook.loop.root, words ? words + 1 : seen->why);
		char *path = compiler_words(check->workbook.loop.root, check->program.path);
		fputs(shown, stderr);
		int status = bad_input("%s does not compile; fix what the compiler says above%s", path,
				       compiler_hint(seen->why));
		free(path);
		free(shown);
		return status;
	}
	if (is_from_elsewhere(check)) {
		char *path = mem_format("%s/%s.log", check->directory, check->tasks.items[0].detector->flavour);
		char *warnings = file_read(path);
		char *shown = compiler_words(check->workbook.loop.root, warnings ? warnings : "");
		fputs(shown, stderr);
		free(shown);
		compiler_tell_pragmas(stderr, warnings ? warnings : "");
		free(warnings);
		free(path);
	}
	return 0;
}

static void tell_results(const struct check *check)
{
	FILE *out = output_is_standard(check->json) ? stderr : stdout;

	report_summary(out, style_of(out), check->workbook.loop.root, &check->results, is_from_elsewhere(check));
	if (is_from_elsewhere(check) && !check->outside.input &&
	    sources_mention(check->sources.items, check->sources.count, words_of_input))
		fputs("loose: its standard input was empty; give it one with < FILE\n", stderr);
	fflush(out);
}

static int tell(struct check *check)
{
	int status = gated_end(&check->gated), written = 0;

	if (status == 0)
		status = tell_compiler(check);
	if (status)
		return status;
	status = status_of(&check->results);
	for (size_t i = 0; i < check->results.count; i++)
		if (check->results.items[i].verdict.observed == OBSERVED_FIRES && !check->results.items[i].expected &&
		    status == STATUS_AGREES)
			status = STATUS_DISAGREES;
	tell_results(check);
	if (check->json) {
		report_json(check->json_file.file, check->workbook.loop.root, &check->workbook.toolchain,
			    &check->results);
		written = output_close(&check->json_file);
	}
	return written ? written : status;
}

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

/* The verdict of other tools may be another. */
static void tell_graders_tools(const struct check *check)
{
	char *graders = toolchain_differs(check->workbook.loop.root, &check->workbook.toolchain);
	char *own = toolchain_line(&check->workbook.toolchain);

	if (graders)
		fprintf(stderr, "loose: the grader has other tools, and may come to another verdict: %s; here: %s\n",
			graders, own);
	free(own);
	free(graders);
}

/* To standard error where standard output is for a tool. */
static void tell_what_next(const struct check *check, bool passed)
{
	const char *name = short_name(check->program.pitfall);
	FILE *out = output_is_standard(check->json) ? stderr : stdout;

	if (passed)
		fprintf(out,
			"\nPassed. Read now: exercises/%s/README.md, 'When it passes'; ./loose solution %s shows ours. "
			"./loose next goes on.\n",
			check->program.pitfall, name);
	else
		fprintf(out, "\nNot yet. ./loose hint %s gives a hint, one at a time.\n", name);
}

/* The reader's own file of an exercise, by the name of its copy or by that of its starter; not what others hand in. */
static void note_attempt(struct check *check, int status)
{
	const struct catalogue *catalogue = &check->workbook.catalogue;
	const struct program *program = &check->program;

	if (!program->submission || (status != STATUS_AGREES && status != STATUS_DISAGREES))
		return;
	const struct program *starter = catalogue_program(catalogue, program->pitfall, "starter");
	char *copy = starter ? copy_path(starter) : NULL;
	if (copy && (strcmp(program->path, copy) == 0 || strcmp(program->path, starter->path) == 0)) {
		reader_note_attempt(&check->reader, program->pitfall, status == STATUS_AGREES);
		tell_what_next(check, status == STATUS_AGREES);
	}
	free(copy);
}

static int judge(struct check *check)
{
	const struct judging_options options = {.repeat = 1};
	const struct program *known = in_workbook(check);
	int status = check->sandboxed ? find_sandbox(check) : 0;

	if (status == 0)
		status = ensure_trust(&check->workbook, detectors, &options);
	if (status == 0 && known && check->sources.first_flag)
		status = bad_input("'%s' is compiled as the workbook says; leave out '%s'", known->path,
				   check->sources.first_flag);
	else if (status == 0 && known)
		plan_in_workbook(check, known);
	else if (status == 0)
		status = plan_elsewhere(check);
	for (size_t i = 0; detectors[i]; i++)
		tasks_add(&check->tasks, &check->program, detectors[i]);
	if (status == 0 && known && check->sandboxed)
		status = plan_exercise_in_sandbox(check, known);
	if (status == 0 && check->sandboxed)
		status = plan_sandbox(check);
	if (status == 0 && !check->workbook.loop.interrupted)
		status = judge_tasks(check);
	if (check->workbook.loop.interrupted)
		return 128 + check->workbook.loop.interrupted;
	if (status == 0) {
		status = tell(check);
		if (check->program.submission)
			tell_graders_tools(check);
		note_attempt(check, status);
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
	clean_up(&check);
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
		"run three times more, with threads that start, lock and wake up late by chance.\n\n"
		"EXERCISE is the name of its pitfall: your own copy of it is judged, in work/, which is made when you first open "
		"it. Without any word that is the exercise in hand.",
	.options = options,
	.operands = {OPERAND_SOURCE, OPERAND_SOURCE},
	.most = -1,
	.passes = true,
	.compiles = true,
	.run = run,
};

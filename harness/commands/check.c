/*
 * The reader's own program, from anywhere. A file of the workbook is judged as
 * such: an exercise's file by its test and all detectors, whatever its comment
 * still declares.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "command.h"
#include "exec/build.h"
#include "exec/runner.h"
#include "judge/toolchain.h"
#include "report/report.h"
#include "verdict/budget.h"
#include "verdict/detector.h"

/* What a learner's file is held against, with the exercise's own budget. */
static const char right_declaration[] = "/*\n"
					" * Promise   what its header says.\n"
					" * test      passes\n"
					" * tsan      silent\n"
					" * helgrind  silent\n"
					" * drd       silent\n"
					" * memcheck  silent\n"
					" * budget    silent when %s\n"
					" */\n";

struct check {
	struct loop loop;
	struct toolchain toolchain;
	struct catalogue catalogue;
	struct program program;
	char **sources; /* absolute */
	int source_count;
	char *const *arguments;
	const char *bounds; /* of --budget; may be NULL */
	const char *json;   /* NULL: none; "": standard output; else a file */
	long timeout;
	struct output json_file;
	struct results results;
	char *directory; /* of the executables; NULL until made */
};

/* --- a program of the workbook --- */

static const struct program *in_workbook(struct check *check)
{
	size_t root = strlen(check->loop.root);

	if (check->source_count != 1 || strncmp(check->sources[0], check->loop.root, root) != 0 ||
	    check->sources[0][root] != '/')
		return NULL;
	for (size_t i = 0; i < check->catalogue.count; i++)
		if (check->catalogue.programs[i].role != ROLE_STARTER &&
		    strcmp(check->sources[0] + root + 1, check->catalogue.programs[i].path) == 0)
			return &check->catalogue.programs[i];
	return catalogue_submission(&check->catalogue, check->sources[0] + root + 1);
}

/* The budget of an exercise stands in its solution, so that a learner's file cannot change it. */
static void declare_right(struct check *check, const struct program *program)
{
	const struct program *solution = catalogue_program(&check->catalogue, program->pitfall, "solution");
	const struct expectation *budget =
		solution ? declaration_of(&solution->declaration, detector_named("budget")) : NULL;
	char *error = NULL, *text = mem_format(right_declaration, budget ? budget->bounds : "threads at exit <= 1");

	declaration_parse(program->path, text, &check->program.declaration, &error);
	free(text);
	free(error);
}

static int judge_in_workbook(struct check *check, const struct program *program)
{
	const struct engine_options options = {
		.repeat = 1, .fresh = true, .deadline_ms = check->timeout * 1000, .bounds = check->bounds};
	struct tasks tasks = {0};
	char *error = NULL;

	check->program = *program;
	check->program.submission = program->role == ROLE_STARTER;
	if (check->program.submission)
		declare_right(check, program);
	check->program.declared = true;
	if (program_has_test(program))
		tasks_add(&tasks, &check->program, detector_named("test"));
	for (size_t i = 0; detectors[i]; i++)
		tasks_add(&tasks, &check->program, detectors[i]);
	int failed = engine_judge(&check->loop, &check->toolchain, &tasks, &options, &check->results, &error);
	tasks_release(&tasks);
	if (!failed)
		return 0;
	int status = cannot_judge("%s", error);
	free(error);
	return status;
}

/* --- a program from elsewhere --- */

/* For a shell in a make recipe. */
static void quote(FILE *out, const char *text)
{
	fputs(" '", out);
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else
			fprintf(out, *text == '$' ? "$$" : "%c", *text);
	}
	fputc('\'', out);
}

/* 0, or a status after the compiler's words on stderr. */
static int compile(struct check *check, const char *flavour)
{
	char *target = mem_format("build/%s/check", flavour);
	char *binary = mem_format("OUT=%s/%s", check->directory, flavour);
	struct text text;
	FILE *out = text_open(&text);

	fputs("SOURCES=", out);
	for (int i = 0; i < check->source_count; i++)
		quote(out, check->sources[i]);
	char *sources = text_close(&text);
	char *words[] = {target, sources, binary, NULL};
	int status = build_make(&check->loop, words, STDERR_FILENO);
	free(sources);
	free(target);
	free(binary);
	if (status == 0 || check->loop.interrupted)
		return 0;
	return bad_input("%s does not compile; mend what the compiler says above", check->program.path);
}

static void keep(void *context, struct observation *seen)
{
	struct result *result = context;

	result->seen = *seen;
	result->runs = 1;
	result->cpu_ms = seen->cpu_ms;
	result->wall_ms = seen->wall_ms;
	result->peak_kib = seen->peak_kib;
	result->verdict = verdict_of(result->program->declared ? &result->program->declaration : NULL, result->expected,
				     result->detector, seen);
	result->fired = result->verdict.observed == OBSERVED_FIRES;
}

static char *directory_of(const char *path)
{
	return mem_copy_n(path, (size_t)(strrchr(path, '/') - path));
}

static void run_one(struct check *check, const struct detector *detector, bool echo)
{
	struct result *result = &check->results.items[check->results.count];
	char *executable = mem_format("%s/%s", check->directory, detector->flavour);
	/* The sources of one program stand in one directory, or in two. */
	char *own[2] = {directory_of(check->sources[0]), directory_of(check->sources[check->source_count - 1])};
	char *bounds = NULL;

	*result = (struct result){.program = &check->program, .detector = detector};
	if (check->program.declared)
		result->expected = declaration_of(&check->program.declaration, detector);
	if (detector == &detector_budget)
		bounds = budget_both(result->expected ? result->expected->bounds : NULL, check->bounds);
	struct run_request request = {.detector = detector,
				      .executable = executable,
				      .arguments = check->arguments,
				      .own = {own[0], own[1]},
				      .bounds = bounds,
				      .deadline_ms = check->timeout * 1000};
	run_start(&check->loop, &request, echo ? STDOUT_FILENO : -1, keep, result);
	loop_run(&check->loop);
	check->results.count += result->runs;
	free(executable);
	free(own[0]);
	free(own[1]);
	free(bounds);
}

static int read_declaration(struct check *check)
{
	char *error, *text = file_read(check->sources[0]);
	enum declared declared =
		declaration_parse(check->program.path, text ? text : "", &check->program.declaration, &error);
	int status = 0;

	free(text);
	if (declared == DECLARED_BADLY) {
		status = bad_input("%s", error);
		free(error);
	}
	check->program.declared = declared == DECLARED;
	return status;
}

static int judge_elsewhere(struct check *check)
{
	int status = read_declaration(check);

	check->directory = mem_format("%s/build/check.%ld", check->loop.root, (long)getpid());
	if (status == 0 && mkdir(check->directory, 0777) != 0)
		status = cannot_judge("cannot make '%s': %s", check->directory, strerror(errno));
	if (status == 0)
		status = compile(check, "plain");
	if (status == 0)
		status = compile(check, "tsan");
	check->results.items = mem_zeroed(16, sizeof *check->results.items);
	for (size_t i = 0; detectors[i] && status == 0 && !check->loop.interrupted; i++)
		run_one(check, detectors[i], i == 0 && !check->json);
	return status;
}

static void clean_up(struct check *check)
{
	static const char *const flavours[] = {"plain", "tsan"};

	for (int i = 0; i < 2 && check->directory; i++) {
		char *path = mem_format("%s/%s", check->directory, flavours[i]);
		unlink(path);
		free(path);
	}
	if (check->directory)
		rmdir(check->directory);
	free(check->directory);
}

/* --- the command --- */

static int tell(struct check *check)
{
	int status = status_of(&check->results), written = 0;

	for (size_t i = 0; i < check->results.count; i++)
		if (check->results.items[i].verdict.observed == OBSERVED_FIRES && !check->results.items[i].expected &&
		    status == STATUS_AGREES)
			status = STATUS_DISAGREES;
	if (check->json && *check->json) {
		report_json(check->json_file.file, check->loop.root, &check->toolchain, &check->results);
		written = output_close(&check->json_file);
	} else if (check->json) {
		report_json(stdout, check->loop.root, &check->toolchain, &check->results);
	}
	for (size_t i = 0; i < check->results.count && !(check->json && !*check->json); i++)
		report_result(stdout, style_of(stdout), check->loop.root, &check->results.items[i]);
	return written ? written : status;
}

static int judge(struct check *check)
{
	const struct engine_options options = {.repeat = 1};
	const struct program *known;
	int status = ensure_trust(&check->loop, &check->toolchain, detectors, &options);

	if (status)
		return status;
	catalogue_load(&check->catalogue, check->loop.root);
	known = in_workbook(check);
	if (known) {
		status = judge_in_workbook(check, known);
	} else {
		check->program = (struct program){
			.pitfall = "", .name = "program", .path = check->sources[0], .role = ROLE_OTHER};
		status = judge_elsewhere(check);
	}
	if (check->loop.interrupted)
		status = 128 + check->loop.interrupted;
	else if (status == 0)
		status = tell(check);
	if (!known || check->program.submission)
		declaration_release(&check->program.declaration);
	results_release(&check->results);
	catalogue_release(&check->catalogue);
	return status;
}

static int find_sources(struct check *check, char **operands, int count)
{
	if (count < 1)
		return bad_input("check takes the C files of one program: ./loose check FILE.c...");
	check->sources = mem_zeroed((size_t)count, sizeof *check->sources);
	for (int i = 0; i < count; i++) {
		const char *dot = strrchr(operands[i], '.');
		if (!dot || strcmp(dot, ".c") != 0)
			return bad_input("'%s' is no C file; check takes FILE.c...", operands[i]);
		check->sources[i] = realpath(operands[i], NULL);
		if (!check->sources[i])
			return bad_input("cannot read '%s': %s; name a file that you can read", operands[i],
					 strerror(errno));
		check->source_count++;
		char *problem, *text = file_read_text(check->sources[i], &problem);
		free(text);
		if (problem) {
			bad_input("cannot read '%s': %s", operands[i], problem);
			free(problem);
			return STATUS_BAD_INPUT;
		}
	}
	return 0;
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
	struct check check = {.timeout = 120};
	const struct option_spec specs[] = {{"budget", OPTION_TEXT, &check.bounds},
					    {"json", OPTION_MAYBE_TEXT, &check.json},
					    {"timeout", OPTION_NUMBER, &check.timeout},
					    {NULL, OPTION_FLAG, NULL}};
	int separate, count = options_parse(argc, argv, specs, &separate);

	if (count < 0)
		return STATUS_BAD_INPUT;
	check.arguments = argv + 1 + separate;
	int status = read_bounds(check.bounds);
	if (status == 0)
		status = find_sources(&check, argv + 1, separate);
	if (status == 0 && check.json && *check.json)
		status = output_open(&check.json_file, check.json);
	if (status == 0) {
		loop_start(&check.loop, root);
		toolchain_find(&check.toolchain);
		status = judge(&check);
		output_discard(&check.json_file);
		clean_up(&check);
		toolchain_release(&check.toolchain);
		loop_release(&check.loop);
	}
	for (int i = 0; i < check.source_count; i++)
		free(check.sources[i]);
	free(check.sources);
	return status;
}

const struct command_entry command_check = {
	"check",
	"FILE.c... [-- ARGUMENT...]",
	"judge your own program under all detectors",
	"Compiles the files as one program, runs it under every detector with the\n"
	"arguments behind --, and explains each finding in the source. A program whose\n"
	"first comment carries a declaration is judged by it; any other is reported.\n"
	"The file of an exercise is judged by its test: all must pass, none may fire.\n"
	"LDLIBS in the environment names libraries to link: LDLIBS=-lm\n"
	"\n"
	"  --budget BOUNDS the leak budget to hold it against: 'threads at exit <= 1',\n"
	"                  'threads <= in_flight + 10, memory <= start + 16 MiB'\n"
	"  --json[=FILE]   the results as JSON, schema loose-threads/verify/1\n"
	"  --timeout S     seconds before a run counts as hung (default: 120)\n",
	run,
};

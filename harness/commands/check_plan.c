/* What check is to judge, and how it is made: a file of the workbook, a program from elsewhere, either in a sandbox. See check.h. */
#include "check.h"

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
#include "compiler.h"
#include "exec/build.h"
#include "exec/leftovers.h"
#include "exec/runner.h"
#include "input.h"
#include "judge/submission.h"
#include "verdict/budget.h"
#include "verdict/detector.h"

/* When a program is to be stopped and nobody says when. It is told sooner if it does nothing but wait. */
enum { STOP_AFTER_S = 5 };

/* --- a program of the workbook --- */

const struct program *check_in_workbook(struct check *check)
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

void check_plan_in_workbook(struct check *check, const struct program *program)
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

int check_plan_elsewhere(struct check *check)
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

bool check_is_from_elsewhere(const struct check *check)
{
	return check->directory && !check->program.submission;
}

/* --- in a sandbox --- */

/* An exercise's file is made beside the runs, as one from elsewhere is: in there nothing else can be written. */
int check_plan_exercise_in_sandbox(struct check *check, const struct program *known)
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
int check_plan_sandbox(struct check *check)
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

int check_find_sandbox(const struct check *check)
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

/* --- the end --- */

void check_release(struct check *check)
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

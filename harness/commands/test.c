/*
 * All tests: every verdict of the workbook; the book's texts, and their English;
 * the layout of the sources; the rules of the alert; the harness's own, plain and
 * under the sanitizers; the command line's.
 * What a learner changes in an exercise changes a verdict, so it shows here too.
 */
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/files.h"
#include "base/mem.h"
#include "command.h"
#include "exec/build.h"
#include "lab/prometheus.h"

struct tally {
	struct loop loop;
	long passed, failed;
	bool unjudged; /* a part that could not be run */
};

static long number_in(const json_t *object, const char *key)
{
	return (long)json_integer_value(json_object_get(object, key));
}

/* Runs a command of the workbook; its output goes to the reader, its errors to the descriptor. Its status as loop_command() gives it. */
static int run_command(struct tally *tally, char *const *argv, int errors)
{
	struct child_options options = {
		.argv = argv, .directory = tally->loop.root, .output = STDOUT_FILENO, .errors = errors};

	fflush(stdout);
	return loop_command(&tally->loop, &options);
}

static char *result_file(const struct tally *tally, const char *name)
{
	char *path = mem_format("%s/build/%s", tally->loop.root, name);

	unlink(path);
	return path;
}

/* A part that left no count counts as one failure: it crashed, or never started. */
static void count(struct tally *tally, const char *name, int status, long passed, long failed)
{
	if (passed + failed == 0 || (status != 0 && failed == 0))
		failed++;
	tally->passed += passed;
	tally->failed += failed;
	tally->unjudged = tally->unjudged || status == STATUS_CANNOT_JUDGE;
	printf("%s: %ld passed, %ld failed\n", name, passed, failed);
}

/* A leak in a test's own process is no failure to Criterion: the sanitizer's words on stderr tell. */
static bool sanitizer_spoke(const char *file)
{
	char *words = file_read(file);
	bool spoke = words && strstr(words, "Sanitizer: ");

	if (words)
		fputs(words, stderr);
	free(words);
	return spoke;
}

/* A Criterion program, by its path below build/. */
static void run_tests(struct tally *tally, const char *name)
{
	char *file = result_file(tally, "tests.json"), *words = result_file(tally, "tests.log");
	char *program = mem_format("%s/build/%s", tally->loop.root, name), *json = mem_format("--json=%s", file);
	char *argv[] = {program, json, "-j2", NULL};
	int log = open(words, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int status = run_command(tally, argv, log >= 0 ? log : STDERR_FILENO);
	json_t *result = json_load_file(file, 0, NULL);
	long failed = number_in(result, "failed") + number_in(result, "errored");

	if (log >= 0)
		close(log);
	count(tally, name, status, number_in(result, "passed"), failed + sanitizer_spoke(words));
	json_decref(result);
	free(json);
	free(program);
	free(words);
	free(file);
}

static void check_texts(struct tally *tally)
{
	char *loose = mem_format("%s/build/loose", tally->loop.root), *argv[] = {loose, "text", "--check", NULL};
	int status = run_command(tally, argv, STDERR_FILENO);

	count(tally, "texts", status, status == 0, status != 0);
	free(loose);
}

/* Whether a goal of make can be had; what it found is shown. */
static void check_goal(struct tally *tally, char *goal)
{
	char *targets[] = {goal}, *error = NULL;
	bool good = build_targets(&tally->loop, targets, 1, 1, &error) == 0;

	if (!good)
		fprintf(stderr, "%s\n", error);
	free(error);
	count(tally, goal, !good, good, !good);
}

static void check_layout(struct tally *tally)
{
	check_goal(tally, "layout");
}

static void check_prose(struct tally *tally)
{
	check_goal(tally, "prose");
}

/* One run of promtool; what it says is shown when it fails. */
static bool promtool_passes(struct tally *tally, char *promtool, char *kind, char *file)
{
	char *argv[] = {promtool, kind, "rules", file, NULL}, *words = result_file(tally, "promtool.log");
	int log = open(words, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	struct child_options options = {.argv = argv, .directory = tally->loop.root, .output = log, .errors = log};
	bool passes = log >= 0 && loop_command(&tally->loop, &options) == 0;

	if (log >= 0)
		close(log);
	if (!passes) {
		char *said = file_read(words);
		fprintf(stderr, "promtool %s rules %s\n%s", kind, file, said ? said : "");
		free(said);
	}
	free(words);
	return passes;
}

/* The rules of chapter 4: that they are rules, and each file of their tests. */
static void test_rules(struct tally *tally)
{
	char *promtool = prometheus_find(tally->loop.root, "promtool");
	char *pattern = mem_format("%s/" ALERT_DIRECTORY "/tests/*.yml", tally->loop.root);
	long all = 1, passed = 0;
	glob_t found = {0};

	if (!promtool) {
		cannot_judge("promtool is missing; './loose test' fetches it, or: apt-get install prometheus");
		count(tally, "rules", STATUS_CANNOT_JUDGE, 0, 0);
	} else {
		passed += promtool_passes(tally, promtool, "check", ALERT_DIRECTORY "/rules.yml");
		glob(pattern, 0, NULL, &found);
		for (size_t i = 0; i < found.gl_pathc && !tally->loop.interrupted; i++, all++)
			passed += promtool_passes(tally, promtool, "test", found.gl_pathv[i]);
		count(tally, "rules", passed < all, passed, all - passed);
		globfree(&found);
	}
	free(pattern);
	free(promtool);
}

static void verify(struct tally *tally)
{
	char *loose = mem_format("%s/build/loose", tally->loop.root), *file = result_file(tally, "verdicts.json");
	char *argv[] = {loose, "verify", "--timings", "--json", file, NULL};
	int status = run_command(tally, argv, STDERR_FILENO);
	json_t *result = json_load_file(file, 0, NULL), *summary = json_object_get(result, "summary");

	count(tally, "verdicts", status, number_in(summary, "agree"),
	      number_in(summary, "disagree") + number_in(summary, "errors"));
	json_decref(result);
	free(file);
	free(loose);
}

static int build_tests(struct tally *tally)
{
	char *targets[] = {"tests"}, *error = NULL;

	if (build_targets(&tally->loop, targets, 1, (int)uv_available_parallelism(), &error) != 0) {
		int status = tally->loop.interrupted ? 128 + tally->loop.interrupted
						     : cannot_judge("the harness's tests: %s", error);
		free(error);
		return status;
	}
	return 0;
}

static int run(const char *root, int argc, char **argv)
{
	static void (*const parts[])(struct tally *) = {verify, check_texts, check_layout, check_prose, test_rules};
	static const char *const programs[] = {"host/tests", "asan/tests", "cli-tests"};
	struct operands operands;
	struct tally tally = {0};

	if (options_parse(&command_test, argc, argv, NULL, &operands) != 0)
		return STATUS_BAD_INPUT;
	int status = loop_start(&tally.loop, root);
	if (status)
		return cannot_judge("cannot start an event loop: %s", strerror(status));
	status = build_tests(&tally);
	for (size_t i = 0; i < sizeof parts / sizeof *parts && !status && !tally.loop.interrupted; i++)
		parts[i](&tally);
	for (size_t i = 0; i < sizeof programs / sizeof *programs && !status && !tally.loop.interrupted; i++)
		run_tests(&tally, programs[i]);
	if (tally.loop.interrupted)
		status = 128 + tally.loop.interrupted;
	loop_release(&tally.loop);
	if (status)
		return status;
	printf("%ld passed, %ld failed\n", tally.passed, tally.failed);
	if (tally.failed == 0)
		return STATUS_AGREES;
	return tally.unjudged ? STATUS_CANNOT_JUDGE : STATUS_DISAGREES;
}

static const struct option_spec options[] = {{0}};

const struct command_entry command_test = {
	.name = "test",
	.arguments = "",
	.summary = "run all tests: the harness's own, and every verdict",
	.about =
		"Builds and runs the harness's own tests, plain and under AddressSanitizer and UndefinedBehaviorSanitizer, and "
		"those of the command line, the lab of the alert among them; checks that no text is stale, that the C "
		"sources are laid out by .clang-format, and the alert's rules with promtool; judges every program. Ends with a line 'N passed, N failed'.",
	.options = options,
	.run = run,
};

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

/* --- the harness's own tests --- */

/*
 * A Criterion program, by its path below build/. Its tests run one at a time, but of those through the command line, which
 * compile and judge, and wait for it, three for two cores.
 */
struct suite {
	const char *name, *without; /* the suites that it leaves out; NULL: none */
	bool on_all_cores;
	bool sanitized;			  /* what a sanitizer says in its output is of the suite itself, and counts */
	const char *output, *words, *tap; /* what it writes, by its name below build/ */
	struct child *child;
	int status;
};

/* What only starts the supervisor, or a program with the monitor or the runner, tests nothing that the sanitizers watch. */
#define STARTS_OTHERS "supervisor|monitor|runner"

enum { SUITES = 3 };

static struct suite suites[SUITES] = {
	{"host/tests", NULL, false, false, "host.output", "host.log", "host.tap", NULL, 0},
	{"asan/tests", STARTS_OTHERS, false, true, "asan.output", "asan.log", "asan.tap", NULL, 0},
	{"cli-tests", NULL, true, false, "cli.output", "cli.log", "cli.tap", NULL, 0},
};

static void note_end(void *context, const struct child_end *end)
{
	struct suite *suite = context;

	suite->child = NULL;
	suite->status = end->how == END_NOT_STARTED ? -1 : end->signal ? 128 + end->signal : end->status;
}

/* Of a result's file, for the program to write to; the reader's own descriptor when it cannot be written. */
static int open_result(const struct tally *tally, const char *name, int instead)
{
	char *path = result_file(tally, name);
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	free(path);
	return file >= 0 ? file : instead;
}

static void start_suite(struct tally *tally, struct suite *suite)
{
	int cores = (int)uv_available_parallelism(), jobs = suite->on_all_cores ? cores + (cores + 1) / 2 : 1;
	char *root = tally->loop.root, *file = result_file(tally, suite->tap);
	char *argv[] = {mem_format("%s/build/%s", root, suite->name), mem_format("--tap=%s", file),
			mem_format("-j%d", jobs),
			suite->without ? mem_format("--filter=!(%s)/*", suite->without) : NULL, NULL};
	int output = open_result(tally, suite->output, STDOUT_FILENO);
	int words = open_result(tally, suite->words, STDERR_FILENO);
	struct child_options options = {.argv = argv,
					.directory = root,
					.output = output,
					.errors = words,
					.ended = note_end,
					.context = suite};

	suite->child = child_start(&tally->loop, &options);
	if (output != STDOUT_FILENO)
		close(output);
	if (words != STDERR_FILENO)
		close(words);
	for (char **word = argv; *word; word++)
		free(*word);
	free(file);
}

/* What the program wrote into a file below build/, for the reader too. NULL when it is not there. */
static char *show(const struct tally *tally, const char *name, FILE *to)
{
	char *path = mem_format("%s/build/%s", tally->loop.root, name), *text = file_read(path);

	if (text)
		fputs(text, to);
	fflush(to);
	free(path);
	return text;
}

/* Of Criterion's formats TAP alone is always right: detectors/criterion/criterion_tap.h. What was left out counts as nothing. */
static long lines_with(const char *tap, const char *start)
{
	long count = 0;

	for (const char *line = tap, *end; line && *line; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		const char *skip = strstr(line, "# SKIP");
		count += strncmp(line, start, strlen(start)) == 0 && !(skip && skip < end);
	}
	return count;
}

/* A leak in a test's own process is not a failure to Criterion: the sanitizer's words on stderr tell. */
static void end_suite(struct tally *tally, struct suite *suite)
{
	if (suite->child)
		child_join(suite->child);
	if (tally->loop.interrupted)
		return;
	char *file = mem_format("%s/build/%s", tally->loop.root, suite->tap), *tap = file_read(file);
	char *output = show(tally, suite->output, stdout), *words = show(tally, suite->words, stderr);
	/* "has encountered a fatal error": it could not look. */
	bool sanitizer_spoke =
		suite->sanitized && words && (strstr(words, "Sanitizer: ") || strstr(words, "Sanitizer has "));

	count(tally, suite->name, suite->status, lines_with(tap, "ok "), lines_with(tap, "not ok ") + sanitizer_spoke);
	free(tap);
	free(words);
	free(output);
	free(file);
}

static void start_suites(struct tally *tally, bool on_all_cores)
{
	for (size_t i = 0; i < SUITES; i++)
		if (suites[i].on_all_cores == on_all_cores)
			start_suite(tally, &suites[i]);
}

/* Most of what the harness's own tests do is wait, and so do the verdicts' runs: they fill each other's pauses. */
static void start_own_suites(struct tally *tally)
{
	start_suites(tally, false);
}

/*
 * The command line's tests judge with all cores, so they come when the verdicts do not; and wait for what they start, while
 * the parts that have one process are dealt with.
 */
static void start_line_suites(struct tally *tally)
{
	start_suites(tally, true);
}

static void end_suites(struct tally *tally)
{
	for (size_t i = 0; i < SUITES; i++)
		end_suite(tally, &suites[i]);
}

/* After an interrupt, which has told them to end. */
static void join_suites(void)
{
	for (size_t i = 0; i < SUITES; i++)
		if (suites[i].child)
			child_join(suites[i].child);
}

/* --- the other parts --- */

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
						     : cannot_build("the harness's tests", error);
		free(error);
		return status;
	}
	return 0;
}

static int run(const char *root, int argc, char **argv)
{
	static void (*const parts[])(struct tally *) = {start_own_suites, verify,      start_line_suites, check_texts,
							check_layout,	  check_prose, test_rules,	  end_suites};
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
	join_suites();
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

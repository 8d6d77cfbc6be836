/*
 * The runner of tests beside Criterion: the same programs, whose tests have
 * every kind of end, assertion and option. Needs build/runner and the programs
 * of harness/tests/outcomes.
 */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "detectors/criterion/criterion_tap.h"

#define PROGRAMS "bin/harness/tests/outcomes/"

static char directory[] = "/tmp/test-runner.XXXXXX";

static void make_directory(void)
{
	cr_assert(mkdtemp(directory));
}

static void remove_directory(void)
{
	static const char *const names[] = {"tap", "out"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *path = mem_format("%s/%s", directory, names[i]);
		unlink(path);
		free(path);
	}
	rmdir(directory);
}

/* A time limit is for what hangs: no machine is so slow, nor so busy. */
TestSuite(runner, .init = make_directory, .fini = remove_directory, .timeout = 600);

/* What a run left. */
struct ran {
	char *tap, *output;
	int status; /* as waitpid() gives it */
};

static void release(struct ran *ran)
{
	free(ran->tap);
	free(ran->output);
}

static const char *extra; /* one more option; NULL: none */

/* By the runner, or by Criterion; with "NAME=value" in the environment, which may be NULL. */
static struct ran run(const char *flavour, const char *program, bool by_runner, const char *variable)
{
	char root[PATH_MAX], *tap = mem_format("%s/tap", directory), *out = mem_format("%s/out", directory);
	char *path = mem_format("build/%s/" PROGRAMS "%s", flavour, program), *option = mem_format("--tap=%s", tap);
	cr_assert(getcwd(root, sizeof root));
	char *library = mem_format("LD_LIBRARY_PATH=%s/build/runner", root);
	char *argv[] = {path, option, "-j1", (char *)(uintptr_t)extra, NULL},
	     *environment[8] = {library, "PATH=/usr/bin:/bin"};
	char **env = by_runner ? environment : environment + 1;
	posix_spawn_file_actions_t actions;
	struct ran ran = {0};
	pid_t child;

	environment[2] = "TSAN_OPTIONS=symbolize=0:exitcode=0:atexit_sleep_ms=0:handle_segv=0:handle_abort=0";
	environment[3] = (char *)(uintptr_t)variable;
	unlink(tap);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	cr_assert_eq(posix_spawn(&child, path, &actions, NULL, argv, env), 0, "cannot run %s", path);
	posix_spawn_file_actions_destroy(&actions);
	cr_assert_eq(waitpid(child, &ran.status, 0), child);
	ran.tap = file_read(tap);
	ran.output = file_read(out);
	cr_assert(ran.tap, "%s left no results: %s", program, ran.output);
	free(library);
	free(option);
	free(path);
	free(out);
	free(tap);
	return ran;
}

/* The results without the times, and without the lines that say who wrote them, and where a test was. */
static char *comparable(const char *tap)
{
	char *text = mem_zeroed(strlen(tap) + 1, 1), *to = text;

	for (const char *line = tap; *line;) {
		size_t length = strcspn(line, "\n");
		size_t keep = length;
		if (length > 2 && strncmp(line + length - 2, "s)", 2) == 0)
			while (keep && line[keep - 1] != '(')
				keep--;
		if (strncmp(line, "# Criterion", 11) != 0 && strncmp(line, "# in process ", 13) != 0) {
			memcpy(to, line, keep);
			to += keep;
			*to++ = '\n';
		}
		line += length + (line[length] == '\n');
	}
	return text;
}

/* Where they first differ, a line of each. */
static void expect_same(const char *program, const char *criterions, const char *ours)
{
	while (*criterions || *ours) {
		size_t length = strcspn(criterions, "\n"), our_length = strcspn(ours, "\n");
		cr_assert(length == our_length && strncmp(criterions, ours, length) == 0,
			  "%s: Criterion says '%.*s', the runner '%.*s'", program, (int)length, criterions,
			  (int)our_length, ours);
		criterions += length + (criterions[length] == '\n');
		ours += our_length + (ours[our_length] == '\n');
	}
}

static void expect_agreement(const char *program)
{
	struct ran by_criterion = run("plain", program, false, NULL), by_runner = run("plain", program, true, NULL);
	char *criterions = comparable(by_criterion.tap), *ours = comparable(by_runner.tap);

	expect_same(program, criterions, ours);
	cr_assert(WIFEXITED(by_runner.status));
	cr_assert_eq(WEXITSTATUS(by_criterion.status), WEXITSTATUS(by_runner.status));
	free(ours);
	free(criterions);
	release(&by_runner);
	release(&by_criterion);
}

Test(runner, agrees_on_assertions)
{
	expect_agreement("assertions");
}

Test(runner, agrees_on_messages)
{
	expect_agreement("messages");
}

Test(runner, agrees_on_ends)
{
	expect_agreement("ends");
}

Test(runner, agrees_on_options)
{
	expect_agreement("options");
}

Test(runner, agrees_on_times)
{
	expect_agreement("times");
}

/* No test is begun once one has failed. */
Test(runner, agrees_on_the_first_failure)
{
	extra = "--fail-fast";
	struct ran ran = run("plain", "assertions", true, NULL);
	struct test_results results;

	test_results_read(ran.tap, strlen(ran.tap), &results);
	cr_assert(results.complete, "%s", ran.tap);
	cr_assert_eq(results.failed_count, 1);
	test_results_release(&results);
	release(&ran);
	expect_agreement("assertions");
}

/* The harness reads all of it. */
Test(runner, results_can_be_read)
{
	static const char *const programs[] = {"assertions", "messages", "ends", "options"};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		struct ran ran = run("plain", programs[i], true, NULL);
		struct test_results results;
		test_results_read(ran.tap, strlen(ran.tap), &results);
		cr_assert(results.complete, "%s", programs[i]);
		test_results_release(&results);
		release(&ran);
	}
}

Test(runner, says_the_same_under_thread_sanitizer)
{
	struct ran plain = run("plain", "ends", true, NULL), tsan = run("tsan", "ends", true, NULL);
	char *expected = comparable(plain.tap), *got = comparable(tsan.tap);

	expect_same("ends", expected, got);
	free(got);
	free(expected);
	release(&tsan);
	release(&plain);
}

static void expect_results(const char *tap, const char *const *expected)
{
	for (; *expected; expected++)
		cr_assert(strstr(tap, *expected), "not '%s' in:\n%s", *expected, tap);
}

/* What stands beside each in apart.c. */
Test(runner, stays_where_criterion_does_not)
{
	static const char *const expected[] = {"\nok - apart::closes_all_descriptors ",
					       "\nnot ok - apart::closes_all_descriptors_and_fails ",
					       "\nok - apart::child_asserts_what_holds ",
					       "\nok - apart::child_asserts_what_fails ",
					       "\nok - apart::child_returns ",
					       "\nnot ok - apart::leaves_its_thread unexpected signal",
					       "\nnot ok - apart::ignores_signals_and_hangs timed out",
					       "\nnot ok - apart::hangs_with_a_child timed out",
					       "\nnot ok - apart::hangs_at_exit timed out",
					       NULL};
	struct ran ran = run("plain", "apart", true, NULL);

	expect_results(ran.tap, expected);
	cr_assert_eq(WEXITSTATUS(ran.status), 1);
	release(&ran);
}

static size_t count(const char *text, const char *word)
{
	size_t found = 0;

	for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
		found++;
	return found;
}

/* Constructors, exit handlers and destructors run once for each test, and for nobody else. */
Test(runner, a_test_has_a_beginning_and_an_end)
{
	static const char *const expected[] = {"\nok - begins::first ", "\nok - begins::second ", NULL};
	struct ran ran = run("plain", "begins", true, NULL);

	expect_results(ran.tap, expected);
	cr_assert_eq(count(ran.output, "exit of"), 2, "%s", ran.output);
	cr_assert_eq(count(ran.output, "exit of first in its process"), 1, "%s", ran.output);
	cr_assert_eq(count(ran.output, "exit of second in its process"), 1, "%s", ran.output);
	cr_assert_eq(count(ran.output, "destructor of"), 2, "%s", ran.output);
	release(&ran);
	ran = run("plain", "begins", true, "ENDS_BEFORE_IT_BEGINS=1");
	cr_assert_eq(count(ran.tap, "\nnot ok"), 2, "%s", ran.tap);
	release(&ran);
}

/*
 * Programs as people write them that crash, hang, flood or fail: what a detector
 * saw until then is shown, and how the program ended. On the workbook itself,
 * whose doctor has been before.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "scratch.h"

TestSuite(field_ends, .timeout = 600);

static const char *const all[] = {"tsan", "helgrind", "drd", "memcheck", "budget", NULL};

struct checked {
	int status;
	char *text; /* as a reader sees it; NULL with JSON */
	json_t *document;
};

static char *output_of(const char *command, int *status)
{
	FILE *pipe = popen(command, "r");
	char *text = NULL, buffer[4096];
	size_t size, got;
	FILE *out = open_memstream(&text, &size);

	cr_assert(pipe && out);
	while ((got = fread(buffer, 1, sizeof buffer, pipe)) > 0)
		fwrite(buffer, 1, got, out);
	fclose(out);
	*status = WEXITSTATUS(pclose(pipe));
	return text;
}

/* `check harness/tests/field/ARGUMENTS`. */
static struct checked check(const char *arguments, bool as_json)
{
	struct checked checked = {0};
	char command[512];

	snprintf(command, sizeof command, "build/loose check %s harness/tests/field/%s %s </dev/null",
		 as_json ? "--json -" : "", arguments, as_json ? "2>/dev/null" : "2>&1");
	checked.text = output_of(command, &checked.status);
	checked.document = as_json ? json_loads(checked.text, 0, NULL) : NULL;
	cr_assert(!as_json || checked.document, "%s", checked.text);
	return checked;
}

static void release(struct checked *checked)
{
	json_decref(checked->document);
	free(checked->text);
}

static const json_t *result_of(const struct checked *checked, const char *detector)
{
	json_t *result;
	size_t i;

	json_array_foreach(json_object_get(checked->document, "results"), i, result)
		if (strcmp(result_text(result, "detector"), detector) == 0)
			return result;
	cr_assert(false, "no result of %s", detector);
	return NULL;
}

static bool reports(const json_t *result, const char *kind, const char *function)
{
	json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(result, "findings"), i, finding)
		if (strcmp(result_text(finding, "kind"), kind) == 0 &&
		    strcmp(result_text(finding, "function"), function) == 0)
			return true;
	return false;
}

/* Every run ended like this; those of the detectors that are not named saw nothing. */
static void expect_end(const struct checked *checked, const char *how, const char *const *fire)
{
	for (size_t i = 0; all[i]; i++) {
		const json_t *result = result_of(checked, all[i]);
		bool fires = false;
		for (size_t j = 0; fire[j]; j++)
			fires = fires || strcmp(fire[j], all[i]) == 0;
		cr_assert_str_eq(result_text(json_object_get(result, "end"), "how"), how, "%s", checked->text);
		if (fires)
			cr_assert_str_eq(result_text(result, "observed"), "fires", "%s: %s", all[i], checked->text);
		else
			cr_assert(strcmp(result_text(result, "observed"), "fires") != 0, "%s: %s", all[i],
				  checked->text);
		cr_assert(strcmp(result_text(result, "observed"), "error") != 0, "%s: %s", all[i], checked->text);
	}
}

#define DETECTORS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_words(const char *text, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		cr_assert(strstr(text, words[i]), "'%s' is missing in:\n%s", words[i], text);
}

Test(field_ends, a_crash_does_not_hide_what_led_to_it)
{
	struct checked checked = check("freed-under-reader.c", true);

	cr_assert_eq(checked.status, 1);
	expect_end(&checked, "signal", DETECTORS("tsan", "helgrind", "drd", "memcheck"));
	cr_assert(reports(result_of(&checked, "tsan"), "data-race", "reader"));
	cr_assert(reports(result_of(&checked, "memcheck"), "InvalidRead", "reader"));
	cr_assert_str_eq(result_text(result_of(&checked, "budget"), "observed"), "cut");
	release(&checked);
}

Test(field_ends, a_stack_that_is_used_up)
{
	struct checked checked = check("endless_recursion.c", false);

	cr_assert_eq(checked.status, 1);
	expect_words(checked.text,
		     DETECTORS("It crashes with SIGSEGV in depth_of (endless_recursion.c:", ", for its stack is"));
	release(&checked);
}

Test(field_ends, a_signal_that_was_asked_for)
{
	struct checked checked = check("no_handler.c --stop-after 1", false);

	cr_assert_eq(checked.status, 1);
	expect_words(checked.text, DETECTORS("It is killed by SIGTERM", "which it was sent so that"));
	release(&checked);
	checked = check("no_handler.c --stop-after 1 --budget 'stops within 2 s of SIGINT'", false);
	expect_words(checked.text, DETECTORS("It is killed by SIGINT", "which it was sent so that"));
	cr_assert(!strstr(checked.text, "SIGTERM"), "%s", checked.text);
	release(&checked);
}

/* Two processes have a main thread each. */
Test(field_ends, a_child_without_the_thread_that_holds_its_lock)
{
	struct checked checked = check("child_wants_lock.c", false);

	cr_assert_eq(checked.status, 1);
	expect_words(checked.text,
		     DETECTORS("Main thread waits for a child to end",
			       "Main thread of a child waits for the mutex 'log_lock'", "the child does not have"));
	release(&checked);
}

Test(field_ends, last_words_are_shown)
{
	struct checked checked = check("lost-sale.c", false);

	cr_assert_eq(checked.status, 1);
	expect_words(checked.text, DETECTORS("data-race in sell", "killed by signal 6 (SIGABRT, Aborted)",
					     "On its standard error", "Assertion `seats == 0' failed"));
	cr_assert(!strstr(checked.text, "cannot be judged"));
	release(&checked);
}

Test(field_ends, a_deadlock_says_who_holds_what)
{
	struct checked checked = check("crossed-locks.c --timeout 3000", false);

	cr_assert_eq(checked.status, 1);
	expect_words(checked.text, DETECTORS("deadlock", "Where its threads stood",
					     "Thread up waits for the mutex 'upper', which thread down",
					     "Thread down waits for the mutex 'lower', which thread up",
					     "Main thread waits for thread up to end", "pthread_mutex_lock(to);"));
	release(&checked);
	/* Within seconds under all of them; the deadline is far. */
	checked = check("crossed-locks.c --timeout 3000 --idle 3000", true);
	expect_end(&checked, "deadlock", DETECTORS("helgrind"));
	release(&checked);
}

Test(field_ends, a_lock_that_left_with_its_thread)
{
	struct checked checked = check("cancelled-with-lock.c --timeout 3000 --idle 3000", true);

	expect_end(&checked, "deadlock", DETECTORS("helgrind", "drd"));
	const json_t *threads = json_object_get(json_object_get(result_of(&checked, "budget"), "end"), "threads");
	cr_assert_eq(json_array_size(threads), 1);
	cr_assert_str_eq(
		result_text(json_array_get(threads, 0), "thread"),
		"Main thread waits for the mutex 'log_lock', which a thread holds that has ended and not given "
		"it back");
	release(&checked);
}

Test(field_ends, much_output_is_no_fault)
{
	struct checked checked = check("long-table.c", false);

	cr_assert_eq(checked.status, 1);
	expect_words(checked.text, DETECTORS("tsan: fires", "helgrind: fires", "drd: fires", "memcheck: silent",
					     "row     0 of", "the middle is left out here", "row 59999 of"));
	cr_assert(!strstr(checked.text, "row 30000 of"));
	cr_assert_lt(strlen(checked.text), 20000);
	release(&checked);
}

Test(field_ends, a_status_is_told)
{
	struct checked checked = check("without-configuration.c", false);

	cr_assert_eq(checked.status, 1);
	expect_words(checked.text,
		     DETECTORS("tsan: silent\n  it ended with status 3", "fatal: there is no configuration"));
	/* Once is enough, besides the verdict. */
	cr_assert_null(strstr(strstr(strstr(checked.text, "On its standard error"), "fatal:") + 1, "fatal:"));
	release(&checked);
}

/* Its runs, side by side and one after the other, must not take the port from each other. */
Test(field_ends, a_fixed_port)
{
	struct checked checked;
	int status;

	free(output_of("unshare -n true 2>&1 || unshare -rn true 2>&1", &status));
	if (status != 0)
		cr_skip_test("this machine gives no run a network of its own");
	for (int i = 0; i < 2; i++) {
		checked = check("port-18461.c", true);
		expect_end(&checked, "exit", DETECTORS("tsan", "helgrind", "drd"));
		for (size_t j = 0; all[j]; j++) {
			const json_t *end = json_object_get(result_of(&checked, all[j]), "end");
			cr_assert_eq(json_integer_value(json_object_get(end, "status")), 0, "%s", checked.text);
		}
		release(&checked);
	}
}

Test(field_ends, each_finding_has_its_line)
{
	struct checked checked = check("three-races.c", false);

	expect_words(checked.text, DETECTORS("More of this kind in note:", "three-races.c:14, on 'last'",
					     "three-races.c:15, on 'total'", "total.value += 7;"));
	release(&checked);
}

Test(field_ends, other_ends_after_a_race)
{
	static const struct {
		const char *way, *how;
		int number;
	} ends[] = {{"abort", "signal", 6}, {"stack", "signal", 11}, {"divide", "signal", 8},
		    {"pipe", "signal", 13}, {"exit", "exit", 7},     {"kill", "signal", 9}};
	char arguments[64];

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		snprintf(arguments, sizeof arguments, "ends.c -- %s", ends[i].way);
		struct checked checked = check(arguments, true);
		cr_assert_eq(checked.status, 1, "%s", ends[i].way);
		expect_end(&checked, ends[i].how, DETECTORS("tsan", "helgrind", "drd"));
		const json_t *end = json_object_get(result_of(&checked, "budget"), "end");
		const char *key = strcmp(ends[i].how, "exit") == 0 ? "status" : "signal";
		cr_assert_eq(json_integer_value(json_object_get(end, key)), ends[i].number, "%s", ends[i].way);
		release(&checked);
	}
}

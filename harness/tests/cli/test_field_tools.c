/*
 * Programs of other people on which the tools' own limits showed: what a tool cannot know must not be told as the
 * program's fault, nor the reverse. The programs lie in tests/field/.
 */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static char *whole(FILE *from)
{
	char *text = NULL, buffer[4096];
	size_t size, got;
	FILE *out = open_memstream(&text, &size);

	cr_assert(from && out);
	while ((got = fread(buffer, 1, sizeof buffer, from)) > 0)
		fwrite(buffer, 1, got, out);
	fclose(out);
	return text;
}

/* `check harness/tests/field/ARGUMENTS`, of which --json - is one: the results, by detector, the test's to release. The report, which goes to standard error, is dropped. */
static json_t *check(const char *arguments, int status)
{
	char command[512];

	snprintf(command, sizeof command, "build/loose check harness/tests/field/%s 2>/dev/null", arguments);
	FILE *from = popen(command, "r");
	char *text = whole(from);
	int ended = pclose(from);
	json_t *all = json_loads(text, 0, NULL);

	cr_assert(all, "%s: %s", command, text);
	cr_assert_eq(WEXITSTATUS(ended), status, "%s: status %d\n%s", command, WEXITSTATUS(ended), text);
	free(text);
	return all;
}

static json_t *result_of(json_t *all, const char *detector)
{
	json_t *result;
	size_t i;

	json_array_foreach(json_object_get(all, "results"), i, result)
		if (strcmp(json_string_value(json_object_get(result, "detector")), detector) == 0)
			return result;
	cr_assert_fail("no result of %s", detector);
	return NULL;
}

static void expect_observed(json_t *all, const char *detector, const char *observed)
{
	json_t *result = result_of(all, detector);
	const char *seen = json_string_value(json_object_get(result, "observed"));
	char *text = json_dumps(result, 0);

	cr_assert_str_eq(seen, observed, "%s: %s", detector, text);
	free(text);
}

/* Some finding of the detector is of this kind, in this function. */
static void expect_finding(json_t *all, const char *detector, const char *kind, const char *function)
{
	json_t *result = result_of(all, detector), *finding;
	size_t i;

	json_array_foreach(json_object_get(result, "findings"), i, finding)
		if (strcmp(json_string_value(json_object_get(finding, "kind")), kind) == 0 &&
		    strcmp(json_string_value(json_object_get(finding, "function")), function) == 0)
			return;
	cr_assert_fail("%s does not report %s in %s", detector, kind, function);
}

/* What `check` tells people, for the test to free; line breaks and indents are one blank. */
static char *told_of(const char *program, int status)
{
	char command[512];

	snprintf(command, sizeof command, "build/loose check harness/tests/field/%s 2>&1", program);
	FILE *from = popen(command, "r");
	char *text = whole(from);
	int ended = pclose(from);

	cr_assert_eq(WEXITSTATUS(ended), status, "%s: status %d\n%s", command, WEXITSTATUS(ended), text);
	char *to = text;
	for (const char *at = text; *at; at++) {
		bool blank = *at == '\n' || *at == ' ';
		if (!blank || to == text || to[-1] != ' ')
			*to++ = (char)(blank ? ' ' : *at);
	}
	*to = '\0';
	return text;
}

static void expect_words(const char *text, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		cr_assert(strstr(text, words[i]), "'%s' is not in\n%s", words[i], text);
}

/* What `check` tells people has each of these words in it. */
static void expect_told(const char *program, int status, const char *const *words)
{
	char *text = told_of(program, status);

	expect_words(text, words);
	free(text);
}

static void expect_all_silent(const char *program)
{
	static const char *const names[] = {"tsan", "helgrind", "drd", "memcheck", "budget"};
	char arguments[128];

	snprintf(arguments, sizeof arguments, "%s --json -", program);
	json_t *all = check(arguments, 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		expect_observed(all, names[i], "silent");
	json_decref(all);
}

TestSuite(field_tools, .timeout = 600);

Test(field_tools, what_the_c_library_frees_for_itself_is_no_race)
{
	expect_all_silent("library_frees.c");
}

Test(field_tools, what_it_frees_for_the_program_is)
{
	json_t *all = check("own_frees.c --json -", 1);

	expect_finding(all, "helgrind", "Race", "free_addresses");
	expect_finding(all, "helgrind", "Race", "read_on");
	expect_finding(all, "helgrind", "Race", "drop");
	expect_finding(all, "drd", "ConflictingAccess", "free_addresses");
	expect_finding(all, "drd", "ConflictingAccess", "read_on");
	expect_finding(all, "drd", "ConflictingAccess", "drop");
	expect_finding(all, "tsan", "data-race", "drop");
	json_decref(all);
}

/* What goes on when the first process has ended may be all that a program is about. */
Test(field_tools, a_daemon_is_watched_too)
{
	json_t *all = check("daemon.c --json -", 1);

	expect_finding(all, "tsan", "data-race", "serve");
	expect_finding(all, "helgrind", "Race", "serve");
	expect_finding(all, "drd", "ConflictingAccess", "serve");
	json_decref(all);
	expect_told(
		"daemon.c -- serves", 1,
		(const char *const[]){"It ends, but what it has started goes on; before that, a data race on 'served'",
				      "1 process that it had started still ran 10 s after its own end", NULL});
}

/* No detector looks at two processes at a time: to be silent means little there. */
Test(field_tools, silence_about_two_processes)
{
	expect_told("shares_memory.c", 0,
		    (const char *const[]){
			    "All five detectors are silent; none of them sees what one process does to the memory "
			    "that it shares with another.",
			    NULL});
}

Test(field_tools, what_helgrind_says_of_openmp_is_doubted)
{
	if (system("echo '#include <omp.h>' | clang -fopenmp -fsyntax-only -x c - 2>/dev/null") != 0)
		cr_skip_test("no OpenMP on this machine: the package 'libomp-dev'");
	json_t *all = check("openmp_right.c -fopenmp --json -", 1);

	expect_observed(all, "tsan", "silent");
	json_decref(all);
	expect_told("openmp_right.c -fopenmp", 1,
		    (const char *const[]){"Perhaps", "and do not know OpenMP; ThreadSanitizer is silent", NULL});
}

Test(field_tools, limits_that_a_program_sets_itself)
{
	expect_told("own_limits.c", 1,
		    (const char *const[]){"tsan: cannot judge this program", "the program limits its own memory",
					  "helgrind: fires", "drd: fires", NULL});
}

/* What it answers is not to be told as the program's fault; ThreadSanitizer knows better. */
Test(field_tools, a_mutex_that_answers_is_doubted)
{
	json_t *all = check("robust.c --json -", 1);

	expect_observed(all, "tsan", "silent");
	json_decref(all);
	expect_told("robust.c", 1,
		    (const char *const[]){"Perhaps", "does not know robust mutexes, and one is used here",
					  "PTHREAD_MUTEX_ERRORCHECK) is used here", NULL});
}

/* Helgrind and memcheck know them: those decide, and nobody blames the program. */
Test(field_tools, threads_of_c11_are_judged_by_those_who_know_them)
{
	static const char *const words[] = {"tsan: cannot judge this program",
					    "ThreadSanitizer does not know <threads.h>",
					    "helgrind: silent",
					    "memcheck: silent",
					    "budget: silent",
					    NULL};
	static const char *const of_old_drd[] = {"drd: cannot judge this program", "DRD does not know <threads.h>",
						 NULL};
	char *text = told_of("c11_bank.c", 0);

	expect_words(text, words);
	/* Valgrind 3.19's does not know them, 3.24's does. */
	if (!strstr(text, "drd: silent"))
		expect_words(text, of_old_drd);
	free(text);
}

Test(field_tools, main_may_leave_by_pthread_exit)
{
	expect_all_silent("main_leaves.c");
}

Test(field_tools, a_double_join_is_the_programs_fault)
{
	static const char *const words[] = {"A join of a thread that cannot be joined", "tsan: fires",
					    "joins or detaches a thread that has been joined",
					    "PthAPIerror in stop_loader", NULL};

	expect_told("double_join.c", 1, words);
}

Test(field_tools, how_a_child_ends_is_its_own_affair)
{
	expect_all_silent("forks.c");
}

Test(field_tools, what_is_allowed_is_told_as_allowed)
{
	static const char *const words[] = {"Dubious in put", "CondRaceErr in put", "POSIX allows it", NULL};

	expect_told("signal_after_unlock.c", 1, words);
}

Test(field_tools, the_lock_of_one_side_is_named)
{
	static const char *const words[] = {"A data race on 'total'", "First use of mutex 'till'",
					    "held at one of the accesses", NULL};

	expect_told("one_side_locks.c", 1, words);
}

Test(field_tools, atomics_are_told_as_unknown_to_the_tool)
{
	static const char *const words[] = {
		"Perhaps a data race on 'ready'",
		"Helgrind and DRD report it, and do not know atomics; ThreadSanitizer is silent",
		"Helgrind does not know atomics",
		"ThreadSanitizer knows them",
		"tsan: silent",
		NULL};

	expect_told("atomics.c", 1, words);
}

/* Each run has it from its beginning. */
Test(field_tools, standard_input_is_the_programs)
{
	static const char *const words[] = {"A data race on 'total'", "3 numbers",  "tsan: fires",
					    "helgrind: fires",	      "drd: fires", NULL};
	static const char *const empty[] = {"All five detectors are silent", "0 numbers",
					    "its standard input was empty; give it one with < FILE", NULL};

	expect_told("menu.c <harness/tests/field/menu.txt", 1, words);
	expect_told("menu.c </dev/null", 0, empty);
}

Test(field_tools, a_service_is_told_to_stop)
{
	static const char *const words[] = {"All five detectors are silent.", "stopped", "holds", NULL};

	expect_told("service.c --budget 'stops within 60 s' </dev/null", 0, words);
	expect_all_silent("service.c --stop-after 100");
}

Test(field_tools, what_was_seen_before_an_exec_counts)
{
	static const char *const words[] = {
		"It becomes another program by exec(), which nobody watches; before that, a data "
		"race on 'started'",
		"tsan: fires", "helgrind: fires", "drd: fires", NULL};

	expect_told("becomes.c", 1, words);
}

Test(field_tools, what_looks_like_a_report_is_none)
{
	expect_all_silent("quotes.c");
}

Test(field_tools, threads_that_nobody_can_count_are_told)
{
	static const char *const words[] = {
		"Helgrind, DRD, memcheck and the leak budget are silent; ThreadSanitizer cannot "
		"judge this program.",
		"Not counted: threads that the C library starts for itself", NULL};

	expect_told("timer_thread.c", 0, words);
}

Test(field_tools, a_thread_that_was_left_is_told)
{
	static const char *const words[] = {"1 thread still ran", NULL};

	expect_told("left_running.c", 0, words);
}

Test(field_tools, more_locks_than_a_tool_has_room_for)
{
	static const char *const words[] = {"ThreadSanitizer cannot judge this program",
					    "a thread holds more than 64 locks at once", "helgrind: silent", NULL};

	expect_told("many_locks.c", 0, words);
}

Test(field_tools, a_careful_cancel_is_doubted)
{
	static const char *const words[] = {"Perhaps ",
					    "do not know what a cancelled wait does with its mutex; "
					    "ThreadSanitizer is silent",
					    "the report is wrong. ThreadSanitizer sees it: its verdict counts.",
					    "tsan: silent", NULL};

	expect_told("careful_cancel.c", 1, words);
}

/* Was every process watched to its end? And the run of tests, from files as a run leaves them. */
#include "tests/unit/captured.h"

#include <unistd.h>

#include "detectors/criterion/tests.h"
#include "detectors/limits.h"
#include "detectors/report_files.h"

static struct run run = {.program = "/p", .root = "/", .own = (char *const[]){"/workbook", NULL}};
static char directory[] = "/tmp/test-processes.XXXXXX";

static void make_directory(void)
{
	cr_assert(mkdtemp(directory));
	run.directory = directory;
}

static void remove_directory(void)
{
	char *command = mem_format("rm -r '%s'", directory);

	cr_assert_eq(system(command), 0);
	free(command);
}

TestSuite(processes, .init = make_directory, .fini = remove_directory);

static void write_file(const char *name, const char *text, size_t length)
{
	char *path = mem_format("%s/%s", directory, name);
	FILE *file = fopen(path, "wb");

	cr_assert(file);
	fwrite(text, 1, length, file);
	fclose(file);
	free(path);
}

static void write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

/* `why` NULL: no fault. */
static void expect_check(const struct process *all, size_t count, int tests, const char *failed, const char *why)
{
	struct observation seen = {.tests = tests, .failed = failed ? mem_copy(failed) : NULL};

	run.tests = tests > 0;
	processes_check(&run, all, count, &seen);
	cr_assert_eq(seen.fault, why ? FAULT_DETECTOR : FAULT_NONE, "%s", seen.why ? seen.why : "no fault");
	if (why)
		cr_assert(strstr(seen.why, why), "%s", seen.why);
	observation_release(&seen);
}

Test(processes, of_a_program)
{
	struct process all[] = {{10, 1, true}, {11, 10, true}};

	expect_check(all, 0, 0, NULL, "left no report");
	expect_check(all, 1, 0, NULL, NULL);
	expect_check(all, 2, 0, NULL, NULL);
	/* How a child ends is its own affair. */
	all[1].complete = false;
	expect_check(all, 2, 0, NULL, NULL);
	all[0].complete = false;
	expect_check(all, 2, 0, NULL, "did not watch the program to its end");
	write_text("stderr", "hello\n==7== x\nFATAL: ThreadSanitizer: unexpected memory mapping 0x1\nmore\n");
	expect_check(all, 2, 0, NULL, "end: FATAL: ThreadSanitizer: unexpected memory mapping");
}

static void expect_limit(const char *detector, const char *words, enum fault fault, const char *why)
{
	struct observation seen = {0};

	write_text("stderr", words);
	observation_fail(&seen, FAULT_PROGRAM, "it was killed");
	limits_explain(&run, detector, &seen);
	cr_assert_eq(seen.fault, fault, "%s", seen.why);
	cr_assert(strstr(seen.why, why), "%s", seen.why);
	observation_release(&seen);
}

Test(processes, what_a_tool_cannot_do_is_told_as_such)
{
	static const char join[] =
		"x\nThreadSanitizer: CHECK failed: sanitizer_thread_registry.cpp:348 \"((t)) != (0)\"\n",
			  locks[] = "ThreadSanitizer: CHECK failed: sanitizer_deadlock_detector.h:67 \"n\"\n",
			  threads[] = "valgrind: the 'impossible' happened:\n   Max number of threads is too low\n";

	expect_limit("tsan", join, FAULT_PROGRAM, "joins or detaches a thread");
	expect_limit("tsan", locks, FAULT_UNFIT, "more than 64 locks");
	expect_limit("helgrind", threads, FAULT_UNFIT, "more threads at once");
	expect_limit("memcheck", threads, FAULT_UNFIT, "more threads at once");
	expect_limit("tsan", threads, FAULT_PROGRAM, "it was killed");
	expect_limit("budget", join, FAULT_PROGRAM, "it was killed");
}

Test(processes, the_line_below_the_impossible_is_told)
{
	struct process cut = {10, 1, false};

	write_text("stderr", "==1== x\nvalgrind: the 'impossible' happened:\n   no luck today\nmore\n");
	expect_check(&cut, 1, 0, NULL, "valgrind: the 'impossible' happened: no luck today");
}

/* Tests in processes 11 and 12, run by 10; the second of them has failed. */
static const char passes[] = "TAP version 13\n1..2\n# in process 11\nok - s::one  (0.00s)\n# in process 12\n"
			     "ok - s::two  (0.00s)\n",
		  fails[] = "TAP version 13\n1..2\n# in process 11\nok - s::one  (0.00s)\n# in process 12\n"
			    "not ok - s::two unexpected signal after x.c:1\n";

static void expect_tests_check(const struct process *all, size_t count, const char *tap, const char *why)
{
	const struct process_report results = {10, tap, tap ? strlen(tap) : 0};

	run.results = tap ? &results : NULL;
	expect_check(all, count, 2, NULL, why);
	run.results = NULL;
}

Test(processes, of_tests)
{
	struct process all[] = {{10, 1, true}, {11, 10, true}, {12, 10, true}, {13, 12, true}};

	expect_tests_check(all, 3, passes, NULL);
	expect_tests_check(all, 4, passes, NULL);
	/* What a test starts is not a test. */
	all[3].pid = 12, all[2].pid = 13;
	expect_tests_check(all, 3, passes, "watched 1 of 2 tests");
	all[3].pid = 13, all[2].pid = 12;
	expect_tests_check(all, 1, passes, "watched 0 of 2 tests");
	all[2].complete = false;
	expect_tests_check(all, 3, passes, "did not watch 1 tests");
	/* A test that crashed took its report with it; another one that is cut does not stand in for it. */
	expect_tests_check(all, 3, fails, NULL);
	expect_tests_check(all, 2, fails, NULL);
	all[2].complete = true, all[1].complete = false;
	expect_tests_check(all, 3, fails, "did not watch 1 tests");
	all[1].complete = true, all[0].complete = false;
	expect_tests_check(all, 3, passes, "the test runner");
	all[0].complete = true;
	expect_tests_check(all, 3, NULL, "the test runner");
	expect_tests_check(all, 3, "TAP version 13\n1..1\nok - s::one  (0.00s)\n", "nobody knows in which processes");
}

Test(processes, an_earlier_fault_stays)
{
	struct observation seen = {0};

	observation_fail(&seen, FAULT_PROGRAM, "killed by signal 11");
	processes_check(&run, NULL, 0, &seen);
	cr_assert_eq(seen.fault, FAULT_PROGRAM);
	observation_release(&seen);
}

static void expect_tests(const char *text, enum fault fault, int tests, const char *failed)
{
	struct observation seen = {0};

	const struct process_report results = {10, text, text ? strlen(text) : 0};

	run.tests = true;
	run.results = text ? &results : NULL;
	tests_collect(&run, &seen);
	run.results = NULL;
	cr_assert_eq(seen.fault, fault, "%s", seen.why ? seen.why : "no fault");
	cr_assert_eq(seen.tests, tests);
	cr_assert_eq(seen.failed == NULL, failed == NULL);
	if (failed)
		cr_assert_str_eq(seen.failed, failed);
	observation_release(&seen);
}

Test(processes, results_of_tests)
{
	expect_tests(NULL, FAULT_PROGRAM, 0, NULL);
	expect_tests("", FAULT_PROGRAM, 0, NULL);
	expect_tests("TAP version 13\n1..0\n", FAULT_PROGRAM, 0, NULL);
	expect_tests("TAP version 13\n1..1\nok - s::one  (0.00s)\n", FAULT_NONE, 1, NULL);
	expect_tests("TAP version 13\n1..2\nok - s::one  (0.00s)\n", FAULT_PROGRAM, 1, NULL);
	/* By whomever: that is not a failure of the test, nor anything to remember. */
	expect_tests("TAP version 13\n1..1\nnot ok - s::one unexpected signal after x.c:1\n# killed\n", FAULT_PROGRAM,
		     1, "one");
	expect_tests("TAP version 13\n1..2\nnot ok - s::two timed out (1.00s)\nnot ok - s::one timed out (1.00s)\n",
		     FAULT_NONE, 2, "one, two");
}

/* A detector's whole collect(), on a captured report. */
static struct observation collect(const struct detector *detector, const char *from, size_t drop)
{
	struct observation seen = {0};
	size_t length;
	char *bytes = captured(systems[0], from, &length);
	const struct process_report report = {7, bytes, length - drop};

	run.tests = false;
	run.reports = &report;
	run.report_count = 1;
	detector->collect(&run, &seen);
	free(bytes);
	return seen;
}

Test(processes, collect_reads_the_reports)
{
	struct observation seen = collect(detector_named("helgrind"), "lock_order.helgrind.xml", 0);

	cr_assert_eq(seen.fault, FAULT_NONE, "%s", seen.why);
	expect_finding(&seen.findings, 0, "LockOrder", "audit", 15);
	observation_release(&seen);
	seen = collect(detector_named("helgrind"), "lock_order.helgrind.xml", 60);
	cr_assert_eq(seen.fault, FAULT_DETECTOR);
	observation_release(&seen);

	seen = collect(detector_named("drd"), "clean.drd.xml", 0);
	cr_assert_eq(seen.fault, FAULT_NONE);
	cr_assert_eq(seen.findings.count, 0);
	observation_release(&seen);
	/* Another tool's report is none. */
	seen = collect(detector_named("memcheck"), "clean.drd.xml", 0);
	cr_assert_eq(seen.fault, FAULT_DETECTOR);
	observation_release(&seen);

	seen = collect(detector_named("tsan"), "clean.tsan", 0);
	cr_assert_eq(seen.fault, FAULT_NONE);
	observation_release(&seen);
	seen = collect(detector_named("tsan"), "clean.tsan", 1);
	cr_assert_eq(seen.fault, FAULT_DETECTOR);
	observation_release(&seen);
	/* Addresses whose file is gone resolve to nothing; the report still counts. */
	seen = collect(detector_named("tsan"), "race.tsan", 0);
	cr_assert_eq(seen.findings.count, 1);
	cr_assert_str_eq(seen.findings.items[0].function, "?");
	observation_release(&seen);
}

Test(processes, a_frame_is_own_by_its_directory)
{
	struct run two = {.own = (char *const[]){"/w/a", "/w/b", NULL}};

	cr_assert(run_owns(&two, "/w/a/x.c"));
	cr_assert(run_owns(&two, "/w/b/c/x.c"));
	cr_assert_not(run_owns(&two, "/w/ab/x.c"));
	cr_assert_not(run_owns(&two, "/w/a"));
	cr_assert_not(run_owns(&two, "w/a/x.c"));
	cr_assert(run_owns(&two, "/w/a/../b/x.h"));
	two.tests = true;
	cr_assert(run_owns(&two, "/w/a/x.c"));
	cr_assert_not(run_owns(&two, "/w/a/../../solutions/x.c"));
	cr_assert_not(run_owns(&two, NULL));
	two.own = (char *const[]){"/w/a", NULL};
	cr_assert_not(run_owns(&two, "/w/b/x.c"));
	two.own = (char *const[]){"/w/a", "/w/b", "/w/c", NULL};
	cr_assert(run_owns(&two, "/w/b/x.c"));
	two.own = NULL;
	cr_assert_not(run_owns(&two, "/w/a/x.c"));
}

Test(processes, detectors_by_name)
{
	cr_assert_eq(detector_named("tsan"), detector_named("tsan"));
	cr_assert_eq(detector_named("test"), detector_named("test"));
	cr_assert_null(detector_named("Tsan"));
	cr_assert(detector_knows_kind(detector_named("drd"), "ConflictingAccess"));
	cr_assert_not(detector_knows_kind(detector_named("drd"), "Race"));
	cr_assert_not(detector_knows_kind(detector_named("test"), "Race"));
	for (size_t i = 0; detectors[i]; i++)
		cr_assert_neq(detectors[i], detector_named("test"));
}

Test(processes, command_is_built)
{
	struct command command = {0};
	struct run odd = {.program = "/p", .root = "/r", .directory = "/d", .tests = true};
	bool sends = false, speaks = false, runner = false;

	detector_named("helgrind")->prepare(&odd, &command);
	command_test_arguments(&command);
	cr_assert_str_eq(command.argv[0], "valgrind");
	for (char **at = command.argv; *at; at++) {
		sends = sends || strcmp(*at, "--xml-fd=3") == 0;
		speaks = speaks || strcmp(*at, "--child-silent-after-fork=no") == 0;
	}
	for (char **at = command.environment; *at; at++)
		runner = runner || strncmp(*at, "LD_LIBRARY_PATH=/r/build/runner", 31) == 0;
	cr_assert(sends && speaks && runner);
	command_release(&command);
	cr_assert_null(command.argv);
}

/* Whether the run's libraries come from the lean C library first. */
static bool is_lean(const char *detector, const struct run *of)
{
	struct command command = {0};
	bool lean = false;

	detector_named(detector)->prepare(of, &command);
	for (char **at = command.environment; *at; at++)
		lean = lean || (strncmp(*at, "LD_LIBRARY_PATH=", 16) == 0 && strstr(*at, "/r/build/runner/libc"));
	command_release(&command);
	return lean;
}

/* The suppressions for a reader's own program name frames that only the whole debugging information has, as Helgrind's do. */
Test(processes, of_the_workbook_are_spared_the_c_library_s_debugging_information)
{
	struct run ours = {.program = "/r/build/plain/bin/x", .root = "/r", .directory = "/d"}, own = ours;

	own.program = "/r/build/run/1.own/plain";
	cr_assert(is_lean("drd", &ours) && is_lean("memcheck", &ours));
	cr_assert_not(is_lean("drd", &own));
	/* It has suppressions for what every program may meet, and they name frames that have been inlined. */
	cr_assert_not(is_lean("helgrind", &ours));
	cr_assert_not(is_lean("tsan", &ours));
}

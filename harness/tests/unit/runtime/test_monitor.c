/*
 * The monitor as the harness uses it: preloaded into small programs whose
 * figures are known beforehand. Needs build/monitor.so and the programs of
 * harness/tests/programs in the plain flavour.
 */
#define _GNU_SOURCE /* syscall() */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "detectors/budget/budget_findings.h"
#include "detectors/budget/budget_report.h"
#include "tests/unit/channel_wait.h"
#include "verdict/budget.h"

enum { MAX_PROCESSES = 16 };
#define PROGRAMS "build/plain/bin/harness/tests/programs"
#define TSAN_PROGRAMS "build/tsan/bin/harness/tests/programs"

static char root[PATH_MAX], directory[] = "/tmp/test-monitor.XXXXXX";

/* What the last run left. */
static struct {
	pid_t pid;
	int status; /* as waitpid() gives it */
	char *output;
	struct budget_report reports[MAX_PROCESSES];
	size_t count;
	const struct budget_image *image; /* the first one of the program itself */
} ran;

static void enter_directory(void)
{
	cr_assert(getcwd(root, sizeof root));
	cr_assert(mkdtemp(directory));
}

static void forget(void)
{
	for (size_t i = 0; i < ran.count; i++)
		budget_report_release(&ran.reports[i]);
	free(ran.output);
	memset(&ran, 0, sizeof ran);
}

static void empty_directory(void)
{
	char *pattern = mem_format("%s/*", directory);
	glob_t found;

	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			unlink(found.gl_pathv[i]);
		globfree(&found);
	}
	free(pattern);
}

static void leave_directory(void)
{
	forget();
	empty_directory();
	rmdir(directory);
}

/* A time limit is for what hangs: no machine is so slow, nor so busy. */
TestSuite(monitor, .init = enter_directory, .fini = leave_directory, .timeout = 600);

static char *file_text(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *text = mem_zeroed(1, 4 << 20);

	cr_assert(file, "there is no '%s'", path);
	*length = fread(text, 1, (4 << 20) - 1, file);
	fclose(file);
	return text;
}

static void read_reports(struct channel *channel)
{
	const struct process_report *reports = channel_reports(channel, CHANNEL_BUDGET, &ran.count);

	cr_assert_null(channel_fault(channel), "%s", channel_fault(channel));
	cr_assert(ran.count <= MAX_PROCESSES);
	for (size_t i = 0; i < ran.count; i++) {
		struct budget_report *report = &ran.reports[i];
		budget_report_read(reports[i].bytes, reports[i].length, report);
		cr_assert(report->complete, "not complete: %s", reports[i].bytes);
		cr_assert_eq(report->pid, reports[i].pid);
		if (report->pid == ran.pid)
			ran.image = &report->images[0];
	}
}

/* The environment of the run, with the monitor or without; the caller frees the variables and the array. */
static char **environment_of(const char *program, const char *bounds, bool watched)
{
	char **list = mem_zeroed(6, sizeof *list);
	size_t count = 0;

	list[count++] = mem_format("PATH=%s", getenv("PATH"));
	if (!watched)
		return list;
	list[count++] = mem_format("LD_PRELOAD=%s/build/monitor.so", root);
	list[count++] = mem_format(CHANNEL_VARIABLE "=%0*d", CHANNEL_DIGITS, CHANNEL_DESCRIPTOR);
	list[count++] = mem_format("LOOSE_PROGRAM=%s", program);
	list[count] = mem_format("LOOSE_BUDGET=%s", bounds ? bounds : "");
	return list;
}

/* Runs argv, which becomes `program`, waits for its end, and reads what its processes have reported. */
static void run_command(char **argv, const char *program, const char *bounds, bool watched)
{
	char *output = mem_format("%s/output", directory), **environment = environment_of(program, bounds, watched);
	posix_spawn_file_actions_t actions;
	struct channel *channel;
	size_t length;
	int end;

	forget();
	empty_directory();
	cr_assert(channel = channel_new(&end));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	posix_spawn_file_actions_adddup2(&actions, 1, 2);
	if (watched)
		posix_spawn_file_actions_adddup2(&actions, end, CHANNEL_DESCRIPTOR);
	int error = posix_spawnp(&ran.pid, argv[0], &actions, NULL, argv, environment);
	cr_assert_eq(error, 0, "cannot start '%s': %s", argv[0], strerror(error));
	posix_spawn_file_actions_destroy(&actions);
	close(end);
	ran.status = channel_wait(channel, ran.pid);
	ran.output = file_text(output, &length);
	read_reports(channel);
	channel_free(channel);
	for (char **variable = environment; *variable; variable++)
		free(*variable);
	free(environment);
	free(output);
}

static void run_with(const char *name, const char *argument, const char *bounds, bool watched)
{
	char *program = mem_format("%s/" PROGRAMS "/%s", root, name);
	char *argv[] = {program, (char *)(uintptr_t)argument, NULL};

	run_command(argv, program, bounds, watched);
	free(program);
}

static void run(const char *name, const char *argument, const char *bounds)
{
	run_with(name, argument, bounds, true);
	cr_assert_eq(ran.status, 0, "%s: status %x, %s", name, (unsigned)ran.status, ran.output);
	cr_assert(ran.image, "%s left no report: is build/monitor.so there?", name);
	cr_assert_null(ran.image->lost);
}

static const struct figure *figure_in(const struct budget_image *image, const char *name)
{
	const struct figure *figure = figures_find(&image->figures, name);

	cr_assert(figure, "there is no figure '%s'", name);
	return figure;
}

/* The report of the n-th process that the program forked. */
static const struct budget_report *child(size_t n)
{
	for (size_t i = 0; i < ran.count; i++)
		if (ran.reports[i].parent == ran.pid && n-- == 0)
			return &ran.reports[i];
	cr_assert(false, "there are not as many children");
	return NULL;
}

/* --- figures --- */

struct counts {
	long long started, joined, detached, peak, at_exit, unjoined; /* peak 0: depends on the schedule */
};

static void expect(const char *name, const struct budget_image *image, struct counts counts)
{
	const struct figure *threads = figure_in(image, "threads");

	cr_expect_eq(figure_in(image, "started")->at_exit, counts.started, "%s: started %lld", name,
		     figure_in(image, "started")->at_exit);
	cr_expect_eq(figure_in(image, "joined")->at_exit, counts.joined, "%s: joined %lld", name,
		     figure_in(image, "joined")->at_exit);
	cr_expect_eq(figure_in(image, "detached")->at_exit, counts.detached, "%s: detached %lld", name,
		     figure_in(image, "detached")->at_exit);
	cr_expect_eq(figure_in(image, "unjoined")->at_exit, counts.unjoined, "%s: unjoined %lld", name,
		     figure_in(image, "unjoined")->at_exit);
	cr_expect_eq(threads->at_exit, counts.at_exit, "%s: at exit %lld", name, threads->at_exit);
	if (counts.peak)
		cr_expect_eq(threads->peak, counts.peak, "%s: peak %lld", name, threads->peak);
}

Test(monitor, counts_threads)
{
	static const struct {
		const char *name, *argument, *how;
		struct counts counts;
	} programs[] = {
		{"counts_37_12", NULL, "exit", {37, 25, 0, 0, 13, 0}},
		{"leaves_main", NULL, "exit", {3, 2, 0, 0, 0, 1}},
		{"ends_early", "_exit", "_exit", {5, 0, 0, 6, 6, 0}},
		{"ends_early", "_Exit", "_exit", {5, 0, 0, 6, 6, 0}},
		{"ends_early", "quick_exit", "quick_exit", {5, 0, 0, 6, 6, 0}},
		{"ends_early", "exit", "exit", {5, 0, 0, 6, 6, 0}},
		{"ends_early", "thread", "exit", {5, 0, 0, 6, 6, 0}},
		{"starts_early", NULL, "exit", {3, 1, 0, 4, 3, 0}},
		{"starts_in_library", NULL, "exit", {3, 2, 0, 2, 2, 0}},
		{"starts_in_threads", NULL, "exit", {7, 7, 0, 8, 1, 0}},
		{"own_stacks", NULL, "exit", {3, 3, 0, 0, 1, 0}},
		{"c11_threads", NULL, "exit", {5, 3, 1, 0, 3, 0}},
		{"cancels", NULL, "exit", {6, 6, 0, 7, 1, 0}},
		{"thousands", NULL, "exit", {5000, 4000, 1000, 2, 1, 0}},
		{"detaches", NULL, "exit", {4, 0, 4, 0, 1, 0}},
		{"closes_all", NULL, "exit", {2, 2, 0, 2, 1, 0}},
		{"joins_at_exit", NULL, "exit", {2, 0, 0, 3, 3, 0}},
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		run(programs[i].name, programs[i].argument, NULL);
		cr_expect_str_eq(ran.image->how, programs[i].how, "%s: %s", programs[i].name, ran.image->how);
		expect(programs[i].name, ran.image, programs[i].counts);
		cr_expect_eq(ran.count, 1);
	}
}

/* The runtime has a thread of its own, and stands in for pthread_create() and pthread_join() as the monitor does. */
Test(monitor, counts_threads_of_a_program_built_for_tsan)
{
	char *program = mem_format("%s/" TSAN_PROGRAMS "/counts_37_12", root);
	/* Older runtimes need the addresses where they have always been; the harness sees to that too. */
	char *argv[] = {"setarch", "-R", program, NULL};

	run_command(argv, program, NULL, true);
	cr_assert_eq(ran.status, 0, "%s", ran.output);
	cr_assert(ran.image);
	expect("counts_37_12", ran.image, (struct counts){37, 25, 0, 0, 13, 0});
	free(program);
}

Test(monitor, begins_again_after_exec)
{
	run("execs", NULL, NULL);
	cr_assert_eq(ran.reports[0].count, 2);
	expect("first image", &ran.reports[0].images[0], (struct counts){4, 0, 0, 5, 5, 0});
	cr_expect_str_eq(ran.reports[0].images[0].how, "exec");
	expect("second image", &ran.reports[0].images[1], (struct counts){2, 2, 0, 2, 1, 0});
}

Test(monitor, counts_each_process_for_itself)
{
	run("forks", NULL, NULL);
	cr_assert_eq(ran.count, 3);
	expect("parent", ran.image, (struct counts){3, 1, 0, 4, 3, 0});
	const struct budget_image *one = &child(0)->images[0], *other = &child(1)->images[0];
	if (strcmp(one->how, "exec") == 0) {
		const struct budget_image *swapped = one;
		one = other;
		other = swapped;
	}
	cr_expect(one->forked);
	expect("child", one, (struct counts){7, 7, 0, 0, 0, 0});
	cr_expect_eq(figure_in(one, "in_child")->at_exit, 7);
	cr_expect_null(figures_find(&one->figures, "in_parent"));
	cr_expect_str_eq(other->how, "exec");
	expect("child that becomes another program", other, (struct counts){0, 0, 0, 1, 1, 0});
}

Test(monitor, lives_through_the_handlers_of_fork)
{
	run("own_atfork", NULL, NULL);
	cr_assert_eq(ran.count, 11);
	expect("parent", ran.image, (struct counts){4, 4, 0, 5, 1, 0});
	for (size_t i = 0; i < 10; i++) {
		expect("child", &child(i)->images[0], (struct counts){6, 6, 0, 0, 1, 0});
		cr_expect_eq(figure_in(&child(i)->images[0], "idle")->peak, 6);
	}
}

Test(monitor, loses_no_change_of_a_gauge)
{
	run("publishes", NULL, "3 queue_depth <= 1000;4 in_flight <= 63;5 accepted <= 64000");
	cr_expect_eq(figure_in(ran.image, "threads")->peak, 65);
	cr_expect_eq(figure_in(ran.image, "in_flight")->peak, 64);
	cr_expect_eq(figure_in(ran.image, "in_flight")->at_exit, 0);
	cr_expect_eq(figure_in(ran.image, "accepted")->at_exit, 64000);
	cr_expect_eq(figure_in(ran.image, "balance")->at_exit, 0);
	cr_expect_eq(figure_in(ran.image, "queue_depth")->peak, 1001);
	cr_expect_eq(figure_in(ran.image, "queue_depth")->at_exit, 3);
	cr_assert_eq(ran.image->broken_count, 2);
	cr_expect_eq(ran.image->broken[0].bound, 3);
	cr_expect_eq(ran.image->broken[0].value, 1001);
	cr_expect_eq(ran.image->broken[0].limit, 1000);
	cr_expect_eq(ran.image->broken[1].bound, 4);
	cr_expect_eq(ran.image->broken[1].value, 64);
}

Test(monitor, publishes_from_signal_handlers)
{
	run("publishes_in_handler", NULL, NULL);
	cr_expect_eq(figure_in(ran.image, "handled")->at_exit, 2000);
}

/* One gauge_add() feeds both. The kernel counts the monitor's own thread, too: the sampler. */
Test(monitor, sees_the_gauges_that_a_program_exposes)
{
	static const char exposed[] = "# TYPE threads gauge\nthreads %d\n# TYPE balance gauge\nbalance -3\n"
				      "# TYPE accepted_total counter\naccepted_total 8000\n"
				      "# TYPE queue_depth gauge\nqueue_depth 7\n";
	char *alone = mem_format(exposed, 7), *watched = mem_format(exposed, 8);

	run_with("exposes", NULL, NULL, false);
	cr_expect_str_eq(ran.output, alone);
	run("exposes", NULL, "0 accepted_total <= 7999");
	cr_expect_str_eq(ran.output, watched);
	cr_expect_eq(figure_in(ran.image, "balance")->at_exit, -3);
	cr_expect_eq(figure_in(ran.image, "accepted_total")->at_exit, 8000);
	cr_expect_eq(figure_in(ran.image, "queue_depth")->at_exit, 7);
	cr_expect_eq(figure_in(ran.image, "threads")->at_exit, 1);
	cr_expect_eq(figure_in(ran.image, "joined")->at_exit, 14);
	cr_expect_eq(ran.image->broken_count, 1);
	free(watched);
	free(alone);
}

Test(monitor, holds_bounds_against_each_moment)
{
	/* Kept by a program that is careful, at each of its 640 events, and broken by another event. */
	for (int i = 0; i < 10; i++) {
		run("keeps_bound", NULL, "0 threads <= 1 1 in_flight;1 started <= 160;2 in_flight <= 8");
		cr_assert_eq(ran.image->broken_count, 0);
		run("keeps_bound", "x", "0 threads <= 1 1 in_flight");
		cr_assert_eq(ran.image->broken_count, 1);
		cr_expect_eq(ran.image->broken[0].value, 2);
		cr_expect_eq(ran.image->broken[0].limit, 1);
		cr_expect_eq(ran.image->broken[0].worst_value, 2);
	}
}

Test(monitor, says_when_bounds_cannot_be_read)
{
	static const char *const bad[] = {"x",
					  "0 threads",
					  "0 threads <= ",
					  "0 threads <= 1 in_flight",
					  "0 threads = 1",
					  "0 threads <= 1;",
					  "0 threads.end <= 1",
					  "0 stop 99",
					  "0 threads <= 1 1 a 1 b 1 c 1 d 1 e"};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		run_with("starts_early", NULL, bad[i], true);
		cr_assert(ran.image);
		cr_expect(ran.image->lost || strcmp(bad[i], "0 threads <= 1;") == 0, "'%s' was read", bad[i]);
	}
}

Test(monitor, counts_descriptors)
{
	run("opens", NULL, NULL);
	const struct figure *descriptors = figure_in(ran.image, "descriptors");
	cr_expect_eq(descriptors->at_exit, descriptors->start + 5);
	run("opens", "all", NULL);
	descriptors = figure_in(ran.image, "descriptors");
	cr_expect_gt(descriptors->at_exit, descriptors->start + 20);
	cr_expect_neq(strlen(ran.image->maps), 0);
	run("closes_all", NULL, NULL);
	cr_expect_eq(figure_in(ran.image, "descriptors")->at_exit, 10);
}

Test(monitor, knows_the_peak_of_memory)
{
	run("holds_memory", NULL, NULL);
	const struct figure *memory = figure_in(ran.image, "memory");
	/* The kernel's own count is a few pages off. */
	cr_expect_geq(memory->peak, memory->start + (60LL << 20));
	cr_expect_leq(memory->peak, memory->start + (72LL << 20));
	cr_expect_leq(memory->at_exit, memory->start + (8LL << 20));
}

/*
 * Held against what the program's threads say themselves. What comes before
 * main() and after it is the program's too, in part, and depends on the
 * machine: it is less than what the start took.
 */
Test(monitor, knows_the_cpu_time)
{
	long start, used;

	run("burns", NULL, NULL);
	const struct figure *cpu = figure_in(ran.image, "cpu");
	cr_assert_eq(sscanf(ran.output, "%ld %ld", &start, &used), 2);
	cr_expect_geq(cpu->at_exit, used - 10, "%lld us of %ld", cpu->at_exit, used);
	cr_expect_leq(cpu->at_exit, used + start, "%lld us of %ld, start %ld", cpu->at_exit, used, start);
	cr_expect_geq(cpu->last, cpu->at_exit);
}

Test(monitor, knows_when_it_was_asked_to_stop)
{
	static const char *const ways[] = {"handler", "signal", "waiting"};

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		run("stops", ways[i], "0 stop 15");
		cr_expect_str_eq(ran.output, "asked 15\n");
		cr_expect_geq(ran.image->figures.stop_us, 0);
		cr_expect_lt(ran.image->figures.stop_us, ran.image->figures.wall_us);
	}
	run("stops", "never", "0 stop 15");
	cr_expect_eq(ran.image->figures.stop_us, -1);
	run("stops", "handler", NULL);
	cr_expect_eq(ran.image->figures.stop_us, -1);
}

/* --- what it leaves alone --- */

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

Test(monitor, changes_nothing_of_the_program)
{
	static const char *const programs[][2] = {
		{"counts_37_12", NULL}, {"leaves_main", NULL}, {"ends_early", NULL},	{"execs", NULL},
		{"forks", NULL},	{"own_stacks", NULL},  {"cancels", NULL},	{"own_atfork", NULL},
		{"closes_all", NULL},	{"opens", "all"},      {"joins_at_exit", NULL}, {"stops", "signal"},
	};

	for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
		run_with(programs[i][0], programs[i][1], "0 threads <= 1;1 stop 15", false);
		int status = ran.status;
		char *output = mem_copy(ran.output);
		run_with(programs[i][0], programs[i][1], "0 threads <= 1;1 stop 15", true);
		cr_expect_eq(ran.status, status, "%s", programs[i][0]);
		cr_expect_str_eq(ran.output, output, "%s: %s", programs[i][0], ran.output);
		free(output);
	}
}

static double cpu_of(const char *name, const char *argument, bool watched)
{
	struct rusage before, after;

	getrusage(RUSAGE_CHILDREN, &before);
	if (watched)
		run(name, argument, NULL);
	else
		run_with(name, argument, NULL, false);
	getrusage(RUSAGE_CHILDREN, &after);
	return seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) - seconds(before.ru_stime);
}

/*
 * Its start, its samples, what it does at each event, and its report, while
 * rests.c takes a second. A machine's speed must not decide: so the measure is
 * the same program with a thread of its own that measures as often, and the
 * monitor may not make it half as dear again. What else the machine does is charged
 * to a run now and then, for some seconds on end, and never to its good: so
 * one cheap run shows what the monitor costs, and a dear one shows nothing.
 */
Test(monitor, costs_little_more_than_to_measure)
{
	enum { ENOUGH = 3, AT_MOST = 20 };
	double measuring = 1e9, with = 1e9;

	for (int i = 0; i < AT_MOST && (i < ENOUGH || 2 * with >= 3 * measuring); i++) {
		double used = cpu_of("rests", "measure", false);
		measuring = used < measuring ? used : measuring;
		used = cpu_of("rests", NULL, true);
		with = used < with ? used : with;
	}
	cr_expect_lt(2 * with, 3 * measuring, "%.1f ms, and %.1f ms by itself", 1000 * with, 1000 * measuring);
}

/* Each sample ends with a sleep of 10 ms, and the kernel counts those: on a slow machine they are fewer, never more. */
Test(monitor, takes_a_hundred_samples_a_second_at_most)
{
	long sleeps, ms;

	run("rests", "tell", NULL);
	cr_assert_eq(sscanf(ran.output, "%ld sleeps in %ld ms", &sleeps, &ms), 2, "%s", ran.output);
	cr_expect_gt(sleeps, 0);
	/* Some are for the lock. */
	cr_expect_leq(sleeps, ms / 10 * 3 / 2 + 2, "%ld sleeps in %ld ms", sleeps, ms);
}

Test(monitor, sleeps_in_other_programs)
{
	char *argv[] = {"true", NULL};

	run_command(argv, "/nowhere", NULL, true);
	cr_expect_eq(ran.status, 0);
	cr_expect_eq(ran.count, 0);
}

/* --- to the findings --- */

static size_t code_at(void *context, uint64_t pc, struct code_place *places, size_t room)
{
	return symbolizer_code(context, pc, places, room);
}

/* The findings of the last run. */
static struct findings find(const struct budget *budget)
{
	char *sources = mem_format("%s/harness/tests/programs", root), *own = realpath(sources, NULL);
	struct run description = {.root = root, .directory = directory, .own = (char *const[]){own, NULL}};
	struct symbolizer *addresses = symbolizer_open(ran.image->maps);
	struct budget_resolver resolver = {.code = code_at, .context = addresses, .run = &description};
	struct findings findings = {0};
	bool known[BUDGET_BOUNDS] = {false};

	budget_findings_add(ran.image, budget, &resolver, known, &findings);
	symbolizer_close(addresses);
	free(sources);
	free(own);
	return findings;
}

static void expect_finding(const char *program, const char *argument, const char *bounds, const char *function,
			   bool placed)
{
	struct budget budget = {0};
	char *error;

	cr_assert(budget_parse(&budget, bounds, &error), "%s", error);
	char *watched = budget_for_monitor(&budget);
	run(program, argument, watched);
	struct findings findings = find(&budget);
	cr_assert_eq(findings.count, 1, "%s: '%s' gave %zu findings", program, bounds, findings.count);
	cr_expect_str_eq(findings.items[0].kind, budget.bounds[0].kind);
	cr_assert_str_eq(findings.items[0].function, function, "'%s' is in %s", bounds, findings.items[0].function);
	if (placed) {
		cr_expect(strstr(findings.items[0].file, "harness/tests/programs/"));
		cr_expect_gt(findings.items[0].line, 0);
	}
	findings_release(&findings);
	budget_release(&budget);
	free(watched);
}

Test(monitor, names_the_place)
{
	expect_finding("counts_37_12", NULL, "threads at exit <= 1", "stay", true);
	expect_finding("counts_37_12", NULL, "threads <= 10", "stay", true);
	expect_finding("counts_37_12", NULL, "started < 37", "leave_at_once", true);
	expect_finding("leaves_main", NULL, "unjoined at exit <= 0", "join_the_rest", true);
	expect_finding("c11_threads", NULL, "threads at exit <= 1", "stay", true);
	expect_finding("c11_threads", NULL, "joined == started", "stay", true);
	expect_finding("thousands", NULL, "detached <= 999", "idle", true);
	expect_finding("detaches", NULL, "detached at exit <= 1", "wait_and_leave", true);
	expect_finding("starts_in_library", NULL, "threads at exit <= 1", "stay", true);
	expect_finding("starts_in_threads", NULL, "threads <= 7", "branch", true);
	expect_finding("publishes", NULL, "queue_depth <= 1000", "fill_queue", true);
	expect_finding("publishes", NULL, "accepted == balance", "main", false);
	expect_finding("opens", NULL, "descriptors at exit <= start + 4", "main", false);
	expect_finding("holds_memory", NULL, "memory <= start + 32 MiB", "main", false);
	expect_finding("stops", "handler", "stops within 0 us of SIGTERM", "main", false);
}

/* Helgrind, DRD and Memcheck: three tools of one machine, which write the same XML. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/command.h"
#include "base/mem.h"
#include "detectors/advice.h"
#include "detectors/criterion/tests.h"
#include "detectors/limits.h"
#include "detectors/report_files.h"
#include "detectors/spoofed.h"
#include "valgrind_kinds.h"
#include "valgrind_xml.h"

/*
 * --command-line-only=yes     no ~/.valgrindrc, no $VALGRIND_OPTS decides a verdict
 * DEBUGINFOD_URLS=            nor does a server on the net; the option for it is younger than Valgrind 3.19
 * --vgdb=no                   no debugger will come; its pipe in /tmp stays away
 * --child-silent-after-fork   a child that a program of the workbook forks is not looked at; a test is, and a reader's child
 * --fair-sched=try            a thread that spins does not keep the others from running
 * --num-callers=24            deep enough for the outermost own function, which names the thread
 * --sanity-level=0            it looks for faults of the program, not of its own tables
 * --vex-guest-chase=no        short blocks: to translate code costs most of a run, and little of it is run twice
 * --error-exitcode=0          the status stays the program's own; reports are read, not guessed from it
 */
static const char *const common[] = {"--command-line-only=yes", "--vgdb=no",	    "--fair-sched=try",
				     "--num-callers=24",	"--sanity-level=0", "--vex-guest-chase=no",
				     "--error-exitcode=0",	"--xml=yes",	    NULL};

/* --free-is-write=yes   else neither sees that a block is freed while another thread uses it */
static const char *const for_helgrind[] = {"--free-is-write=yes", NULL};
/* --check-stack-var=yes   else DRD does not look at variables on a stack, where a captured loop variable is */
static const char *const for_drd[] = {"--free-is-write=yes", "--check-stack-var=yes", NULL};
/*
 * Of the leaks only what is lost for certain: what a lost block points to would
 * be a second finding for one mistake, and the C library keeps blocks for
 * threads that still run, which look possibly lost.
 */
static const char *const for_memcheck[] = {"--leak-check=full", "--show-leak-kinds=definite",
					   "--errors-for-leak-kinds=definite", NULL};

/*
 * What a tool says wrongly. A file names what Helgrind and DRD say, and each takes from it what is its own; memcheck needs
 * none.
 */
#define SUPPRESSIONS "harness/detectors/valgrind/"
static const char *const suppressed[] = {"valgrind.supp", "libc.supp", NULL};
static const char suppressed_dubious[] = "valgrind-3.21.supp";

/* Helgrind has the kind Dubious since 3.21; before that it refuses a suppression of it. Asked once. */
static bool has_dubious(void)
{
	static int known = -1;
	int major = 0, minor = 0;

	if (known >= 0)
		return known;
	char *argv[] = {"valgrind", "--version", NULL}, *text = command_output(argv, 60000);
	known = text && sscanf(text, "valgrind-%d.%d", &major, &minor) == 2 &&
		(major > 3 || (major == 3 && minor >= 21));
	free(text);
	return known;
}

/*
 * Valgrind copies the descriptor to where the program's calls hardly reach it;
 * the program itself gets none. What closes it is loaded before all else of the
 * program; of tests that is the runner.
 */
static void prepare_report(const struct run *run, struct command *command)
{
	command_argument(command, "--xml-fd=%d", CHANNEL_DESCRIPTOR);
	command_environment(command, CHANNEL_CLOSE_VARIABLE "=1");
	/* LD_PRELOAD knows no way to write these in a path. */
	if (!run->tests && !strpbrk(run->root, " :"))
		command_environment(command, "LD_PRELOAD=%s/build/closes.so", run->root);
}

/*
 * The machine's C library, without the greater part of its debugging information (the Makefile's LEAN): to read that takes
 * longer than all else of a start. The frames that it adds are those that the compiler has inlined there. Suppressions name
 * some of them: Helgrind's get_cached_stack, which any program may meet that starts threads in two threads, and those for
 * readers' programs.
 */
static void prepare_libraries(const struct run *run, struct command *command, const char *tool)
{
	char *lean = mem_format("%s/build/runner/libc", run->root);
	bool loads = strcmp(tool, "helgrind") != 0 && run_is_of_workbook(run) && !strpbrk(lean, ":;");

	tests_prepare_with(run, command, loads ? lean : NULL);
	free(lean);
}

/*
 * Valgrind holds 500 threads, and gives up at the next. A homework starts a thousand; the workbook's programs do not. Room
 * for 3,000 costs a tenth of the CPU time that an empty program takes (Valgrind 3.19: 0.54 s for 0.49 s under Helgrind,
 * and 18 MiB), so only others have it.
 */
enum { MOST_THREADS = 3000 };

static void prepare(const struct run *run, struct command *command, const char *tool, const char *const *options)
{
	command_environment(command, "DEBUGINFOD_URLS=");
	command_argument(command, "valgrind");
	command_argument(command, "--tool=%s", tool);
	for (size_t i = 0; common[i]; i++)
		command_argument(command, "%s", common[i]);
	for (size_t i = 0; options[i]; i++)
		command_argument(command, "%s", options[i]);
	prepare_report(run, command);
	for (size_t i = 0; suppressed[i]; i++)
		command_argument(command, "--suppressions=%s/" SUPPRESSIONS "%s", run->root, suppressed[i]);
	if (has_dubious())
		command_argument(command, "--suppressions=%s/" SUPPRESSIONS "%s", run->root, suppressed_dubious);
	if (!run_is_of_workbook(run))
		command_argument(command, "--max-threads=%d", MOST_THREADS);
	command_argument(command, "--child-silent-after-fork=%s",
			 run->tests || !run_is_of_workbook(run) ? "no" : "yes");
	prepare_libraries(run, command, tool);
}

/* For memcheck no word is suppressed, and a reader is spared the lines. */
static void by_hand(struct command *command, const char *tool, const char *const *options, bool races, bool here)
{
	command_argument(command, "valgrind");
	command_argument(command, "--tool=%s", tool);
	for (size_t i = 0; options[i]; i++)
		command_argument(command, "%s", options[i]);
	for (size_t i = 0; races && suppressed[i]; i++)
		command_argument(command, "--suppressions=" SUPPRESSIONS "%s", suppressed[i]);
	if (races && here && has_dubious())
		command_argument(command, "--suppressions=" SUPPRESSIONS "%s", suppressed_dubious);
}

struct collecting {
	const struct run *run;
	const char *tool;
	struct observation *seen;
	struct process *processes;
	size_t count;
};

/* The tool says so of the main thread only, and outside its document. */
static bool stack_overflowed(const struct run *run)
{
	size_t length;
	char *text = report_read(run, "stderr", &length);
	bool found = text && strstr(text, "Stack overflow in thread #");

	free(text);
	return found;
}

/*
 * Where a crash was. A test that is told to end gets SIGTERM, which says nothing of it; nor does the end of a program's
 * child, unless that child is a test.
 */
static void add_fatal(struct collecting *all, struct valgrind_output *output)
{
	struct observation *seen = all->seen;
	bool crashed = all->run->tests ? seen->failed != NULL : seen->ending == ENDED_BY_SIGNAL && !all->count;

	if (!crashed || !output->fatal.count || strcmp(output->signal, "SIGTERM") == 0)
		return;
	char *role = mem_format("%s%s", output->fatal.role, stack_overflowed(all->run) ? STACK_USED_UP : "");
	struct stack *stack = observation_add_standing(seen, role);
	free(role);
	stack->frames = output->fatal.frames;
	stack->count = output->fatal.count;
	output->fatal.frames = NULL;
	output->fatal.count = 0;
}

/* In a child the stacks of its parent's other threads are gone, and all that they pointed to seems to be lost. */
static void take(struct findings *all, struct findings *its, bool child)
{
	for (size_t i = 0; i < its->count; i++) {
		if (child && strncmp(its->items[i].kind, "Leak_", 5) == 0)
			continue;
		struct finding *finding = findings_add(all, ""), empty = *finding;
		*finding = its->items[i];
		its->items[i] = empty;
	}
	findings_release(its);
}

static void collect_process(struct collecting *all, const char *bytes, size_t length, long pid)
{
	struct valgrind_output output;

	struct findings findings = {0};
	bool child = all->count && !all->run->tests;

	valgrind_xml_read(bytes, length, all->tool, all->run, &findings, &output);
	take(&all->seen->findings, &findings, child);
	/* A child counts at its end what its parent had told before the fork, too. */
	if (output.foreign || (output.altered && !child))
		observation_fail(all->seen, FAULT_PROGRAM, "the program wrote where the detector reports");
	add_fatal(all, &output);
	all->processes[all->count++] =
		(struct process){.pid = pid, .parent = output.parent, .complete = output.complete};
	valgrind_output_release(&output);
}

/* The part of the report that comes before the program's first line: what says of which tool it is. */
static size_t length_of_head(const struct process_report *report)
{
	static const char last[] = "</status>";
	const char *end = strstr(report->bytes, last);

	return end ? (size_t)(end - report->bytes) + strlen(last) : 0;
}

/* A forked child goes on in its parent's document. The kernel says which process it is. */
static void collect_child(struct collecting *all, const struct process_report *parent,
			  const struct process_report *child)
{
	size_t head = length_of_head(parent);
	char *whole = mem_zeroed(head + child->length + 1, 1);

	memcpy(whole, parent->bytes, head);
	memcpy(whole + head, child->bytes, child->length);
	collect_process(all, whole, head + child->length, child->pid);
	free(whole);
}

static void collect(const struct run *run, struct observation *seen, const char *tool)
{
	struct collecting all = {.run = run,
				 .tool = tool,
				 .seen = seen,
				 .processes = mem_zeroed(run->report_count, sizeof *all.processes)};

	tests_collect(run, seen);
	for (size_t i = 0; i < run->report_count; i++)
		if (i == 0)
			collect_process(&all, run->reports[0].bytes, run->reports[0].length, run->reports[0].pid);
		else
			collect_child(&all, &run->reports[0], &run->reports[i]);
	processes_check(run, all.processes, all.count, seen);
	limits_explain(run, tool, seen);
	/* With --xml it prints none. */
	spoofed_check(run, 0, seen);
	findings_merge(&seen->findings);
	free(all.processes);
}

/* What the interface asks for is a function per tool. */
#define TOOL(tool, its_title, looks_for_races, sees)                                                                   \
	static void prepare_##tool(const struct run *run, struct command *command)                                     \
	{                                                                                                              \
		prepare(run, command, #tool, for_##tool);                                                              \
	}                                                                                                              \
                                                                                                                       \
	static void by_hand_##tool(bool here, struct command *command)                                                 \
	{                                                                                                              \
		by_hand(command, #tool, for_##tool, looks_for_races, here);                                            \
	}                                                                                                              \
                                                                                                                       \
	static void collect_##tool(const struct run *run, struct observation *seen)                                    \
	{                                                                                                              \
		collect(run, seen, #tool);                                                                             \
	}                                                                                                              \
                                                                                                                       \
	const struct detector detector_##tool = {                                                                      \
		.name = #tool,                                                                                         \
		.title = its_title,                                                                                    \
		.looks_at = sees,                                                                                      \
		.flavour = "plain",                                                                                    \
		.kinds = tool##_kinds,                                                                                 \
		.channel = CHANNEL_VALGRIND,                                                                           \
		.races = looks_for_races,                                                                              \
		.heavy = true,                                                                                         \
		.simulates = true,                                                                                     \
		.prepare = prepare_##tool,                                                                             \
		.by_hand = by_hand_##tool,                                                                             \
		.collect = collect_##tool,                                                                             \
	}

TOOL(helgrind, "Helgrind", true, LOOKS_AT_ACCESSES ", and the order of locks");
TOOL(drd, "DRD", true, LOOKS_AT_ACCESSES);
TOOL(memcheck, "memcheck", false, "bytes: alive, freed or lost, written or not");

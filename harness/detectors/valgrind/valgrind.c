/* Helgrind, DRD and Memcheck: three tools of one machine, which write the same XML. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/command.h"
#include "base/mem.h"
#include "base/text.h"
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
 * --child-silent-after-fork   a forked child is not the program; but each test is
 * --fair-sched=try            a thread that spins does not keep the others from running
 * --num-callers=24            deep enough for the outermost own function, which names the thread
 * --error-exitcode=0          the status stays the program's own; reports are read, not guessed from it
 */
static const char *const common[] = {"--command-line-only=yes",
				     "--vgdb=no",
				     "--fair-sched=try",
				     "--num-callers=24",
				     "--error-exitcode=0",
				     "--xml=yes",
				     NULL};

/*
 * --free-is-write=yes    else neither sees that a block is freed while another thread uses it
 * --history-level=full   both stacks of a race
 */
static const char *const for_helgrind[] = {"--free-is-write=yes", "--history-level=full", NULL};
/* --check-stack-var=yes   else DRD does not look at variables on a stack, where a captured loop variable is */
static const char *const for_drd[] = {"--free-is-write=yes", "--check-stack-var=yes", NULL};
/*
 * Of the leaks only what is lost for certain: what a lost block points to would
 * be a second finding for one mistake, and the C library keeps blocks for
 * threads that still run, which look possibly lost.
 */
static const char *const for_memcheck[] = {"--leak-check=full", "--show-leak-kinds=definite",
					   "--errors-for-leak-kinds=definite", NULL};

/* In Valgrind's file names % is special. */
static char *escaped(const char *path)
{
	struct text text;
	FILE *out = text_open(&text);

	for (; *path; path++)
		fputs(*path == '%' ? "%%" : (char[]){*path, '\0'}, out);
	return text_close(&text);
}

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
 * A program has its report sent through the channel. Valgrind copies the
 * descriptor to where the program's calls do not reach it. Of tests each process
 * writes a report, to a file: in a stream those of forked ones have no beginning.
 */
static void prepare_report(const struct run *run, struct command *command, const char *tool)
{
	if (!run->tests) {
		command_argument(command, "--xml-fd=%d", CHANNEL_DESCRIPTOR);
		return;
	}
	char *directory = escaped(run->directory);
	command_argument(command, "--xml-file=%s/%s.%%p.xml", directory, tool);
	free(directory);
}

/*
 * Valgrind holds 500 threads, and gives up at the next. A homework starts a thousand; the workbook's programs do not. Room
 * for 3,000 costs a tenth of the CPU time that an empty program takes (Valgrind 3.19: 0.54 s for 0.49 s under Helgrind,
 * and 18 MiB), so only others have it.
 */
enum { MOST_THREADS = 3000 };

static bool is_of_workbook(const struct run *run)
{
	size_t length = strlen(run->root);

	return strncmp(run->program, run->root, length) == 0 &&
	       strncmp(run->program + length, "/build/plain/bin/", strlen("/build/plain/bin/")) == 0;
}

static void prepare(const struct run *run, struct command *command, const char *tool, const char *const *options)
{
	command_environment(command, "DEBUGINFOD_URLS=");
	command_argument(command, "valgrind");
	command_argument(command, "--tool=%s", tool);
	for (size_t i = 0; common[i]; i++)
		command_argument(command, "%s", common[i]);
	for (size_t i = 0; options[i]; i++)
		command_argument(command, "%s", options[i]);
	prepare_report(run, command, tool);
	command_argument(command, "--suppressions=%s/harness/detectors/valgrind/valgrind.supp", run->root);
	command_argument(command, "--suppressions=%s/harness/detectors/valgrind/libc.supp", run->root);
	if (has_dubious())
		command_argument(command, "--suppressions=%s/harness/detectors/valgrind/valgrind-3.21.supp", run->root);
	if (!is_of_workbook(run))
		command_argument(command, "--max-threads=%d", MOST_THREADS);
	command_argument(command, "--child-silent-after-fork=%s", run->tests ? "no" : "yes");
	tests_prepare(run, command);
}

struct collecting {
	const struct run *run;
	const char *tool;
	struct observation *seen;
	struct process *processes;
	size_t count;
};

static void collect_process(struct collecting *all, const char *bytes, size_t length)
{
	struct valgrind_output output;

	valgrind_xml_read(bytes, length, all->tool, all->run, &all->seen->findings, &output);
	if (output.altered)
		observation_fail(all->seen, FAULT_PROGRAM, "the program wrote where the detector reports");
	all->processes = mem_resize(all->processes, all->count + 1, sizeof *all->processes);
	all->processes[all->count++] =
		(struct process){.pid = output.pid, .parent = output.parent, .complete = output.complete};
	valgrind_output_release(&output);
}

static void collect_files(struct collecting *all)
{
	char *before = mem_format("%s.", all->tool), **names = report_names(all->run, before, ".xml");
	size_t length;

	for (size_t i = 0; names[i]; i++) {
		char *bytes = report_read(all->run, names[i], &length);
		if (bytes)
			collect_process(all, bytes, length);
		free(bytes);
	}
	names_free(names);
	free(before);
}

static void collect(const struct run *run, struct observation *seen, const char *tool)
{
	struct collecting all = {.run = run, .tool = tool, .seen = seen};

	tests_collect(run, seen);
	for (size_t i = 0; i < run->report_count; i++)
		collect_process(&all, run->reports[i].bytes, run->reports[i].length);
	if (run->tests)
		collect_files(&all);
	processes_check(run, all.processes, all.count, seen);
	limits_explain(run, tool, seen);
	/* With --xml it prints none. */
	spoofed_check(run, 0, seen);
	findings_merge(&seen->findings);
	free(all.processes);
}

/* What the interface asks for is a function per tool. */
#define TOOL(tool, looks_for_races)                                                                                    \
	static void prepare_##tool(const struct run *run, struct command *command)                                     \
	{                                                                                                              \
		prepare(run, command, #tool, for_##tool);                                                              \
	}                                                                                                              \
                                                                                                                       \
	static void collect_##tool(const struct run *run, struct observation *seen)                                    \
	{                                                                                                              \
		collect(run, seen, #tool);                                                                             \
	}                                                                                                              \
                                                                                                                       \
	const struct detector detector_##tool = {                                                                      \
		.name = #tool,                                                                                         \
		.flavour = "plain",                                                                                    \
		.kinds = tool##_kinds,                                                                                 \
		.channel = CHANNEL_VALGRIND,                                                                           \
		.races = looks_for_races,                                                                              \
		.heavy = true,                                                                                         \
		.simulates = true,                                                                                     \
		.prepare = prepare_##tool,                                                                             \
		.collect = collect_##tool,                                                                             \
		.explain = tool##_explain,                                                                             \
	}

TOOL(helgrind, true);
TOOL(drd, true);
TOOL(memcheck, false);

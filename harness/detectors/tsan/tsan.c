/*
 * ThreadSanitizer. The program carries the detector's runtime and
 * runtime/tsan_report.c, which sends records for each process; here they are
 * read and their addresses resolved.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "detectors/advice.h"
#include "detectors/criterion/tests.h"
#include "detectors/limits.h"
#include "detectors/report_files.h"
#include "detectors/spoofed.h"
#include "detectors/standing.h"
#include "tsan_findings.h"

/*
 * symbolize=0               addresses are resolved outside: in the process it costs most of a short run
 * exitcode=0                the status stays the program's own; reports are read, not guessed from it
 * halt_on_error=0           all findings, not the first
 * atexit_sleep_ms=0         the runtime would wait a second at the end for races between threads that still run
 * handle_...=0              a deadly signal stays one: the harness, not the runtime, says how a program ended
 * second_deadlock_stack=1   both acquisitions of each thread of a cycle
 * detect_deadlocks=1        the default, on which a verdict rests
 * suppress_equal_stacks=1   a race in a loop is one finding,
 * suppress_equal_addresses=0  but another race on the same variable is another; clang 14 would hide it, 19 would not
 * history_size=7            so that the earlier access of a race still has its stack
 * report_signal_unsafe=1    the default: a call that is not async-signal-safe is a finding
 * allocator_may_return_null=1  malloc() fails as it does outside, by returning NULL
 * print_summary, color      what the runtime prints is for a human who runs the program by hand
 */
static const char options[] =
	"symbolize=0:exitcode=0:halt_on_error=0:abort_on_error=0:atexit_sleep_ms=0:"
	"handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:handle_sigill=0:handle_sigtrap=0:"
	"second_deadlock_stack=1:detect_deadlocks=1:suppress_equal_stacks=1:suppress_equal_addresses=0:"
	"history_size=7:report_bugs=1:report_thread_leaks=1:report_destroy_locked=1:report_mutex_bugs=1:"
	"report_signal_unsafe=1:report_atomic_races=1:allocator_may_return_null=1:print_summary=0:color=never";

static void prepare(const struct run *run, struct command *command)
{
	static const char *const of_openmp[] = {"__kmpc_fork_call", NULL};
	/* What OpenMP's own library does was not compiled for it; of what its threads wait for it is told by that library. */
	bool openmp = program_imports(run->program, of_openmp);

	command_environment(command, "TSAN_OPTIONS=%s%s", options, openmp ? ":ignore_noninstrumented_modules=1" : "");
	tests_prepare(run, command);
}

/* The build does it all. No verdict of the book rests on an option: those above make findings complete, and runs short. */
static void by_hand(bool here, struct command *command)
{
	(void)here, (void)command;
}

static size_t code_at(void *context, uint64_t pc, struct code_place *places, size_t room)
{
	return symbolizer_code(context, pc, places, room);
}

static const char *data_at(void *context, uint64_t address, uint64_t *offset)
{
	return symbolizer_data(context, address, offset);
}

/* Adds the process's reports to `findings`, and their number, with those that are alike, to *reports. */
static struct process collect_process(const struct run *run, const struct process_report *report,
				      struct findings *findings, size_t *reports)
{
	struct tsan_records records;

	tsan_records_read(report->bytes, report->length, &records);
	struct process process = {.pid = report->pid, .parent = records.parent, .complete = records.complete};
	*reports += records.count + records.left_out;
	size_t length;
	char *words = records.complete ? NULL : report_read(run, "stderr", &length);
	if (records.count || words) {
		struct symbolizer *addresses = symbolizer_open(records.maps);
		struct tsan_resolver resolver = {.code = code_at, .data = data_at, .context = addresses, .run = run};
		tsan_findings_add(&records, &resolver, findings);
		if (words)
			tsan_invalid_join_add(words, records.maps, &resolver, findings);
		symbolizer_close(addresses);
	}
	free(words);
	tsan_records_release(&records);
	return process;
}

static void collect(const struct run *run, struct observation *seen)
{
	struct process *processes = mem_zeroed(run->report_count, sizeof *processes);
	size_t reports = 0;

	tests_collect(run, seen);
	standing_collect(run, seen);
	for (size_t i = 0; i < run->report_count; i++)
		processes[i] = collect_process(run, &run->reports[i], &seen->findings, &reports);
	processes_check(run, processes, run->report_count, seen);
	limits_explain(run, "tsan", seen);
	spoofed_check(run, reports, seen);
	findings_merge(&seen->findings);
	free(processes);
}

const struct detector detector_tsan = {
	.name = "tsan",
	.title = "ThreadSanitizer",
	.looks_at = LOOKS_AT_ACCESSES ", and the order of locks",
	.flavour = "tsan",
	.races = true,
	.kinds = tsan_kinds,
	.channel = CHANNEL_TSAN,
	.sanitizer = true,
	.prepare = prepare,
	.by_hand = by_hand,
	.collect = collect,
};

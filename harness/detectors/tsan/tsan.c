/*
 * ThreadSanitizer. The program carries the runtime and inside/tsan_report.c,
 * which leaves a file of records per process; here they are read and their
 * addresses resolved.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "detectors/criterion/tests.h"
#include "detectors/report_files.h"
#include "detectors/spoofed.h"
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
	command_environment(command, "TSAN_OPTIONS=%s", options);
	command_environment(command, "LOOSE_REPORTS=%s", run->directory);
	tests_prepare(run, command);
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
static struct process collect_process(const struct run *run, const char *name, struct findings *findings,
				      size_t *reports)
{
	struct process process = {0};
	struct tsan_records records;
	size_t length;
	char *bytes = report_read(run, name, &length);

	if (!bytes)
		return process;
	tsan_records_read(bytes, length, &records);
	free(bytes);
	process = (struct process){.pid = records.pid, .parent = records.parent, .complete = records.complete};
	*reports += records.count;
	if (records.count) {
		struct symbolizer *addresses = symbolizer_open(records.maps);
		struct tsan_resolver resolver = {.code = code_at, .data = data_at, .context = addresses, .run = run};
		tsan_findings_add(&records, &resolver, findings);
		symbolizer_close(addresses);
	}
	tsan_records_release(&records);
	return process;
}

static void collect(const struct run *run, struct observation *seen)
{
	char **names = report_names(run, "tsan.", "");
	struct process *processes = NULL;
	size_t count = 0, reports = 0;

	tests_collect(run, seen);
	for (; names[count]; count++) {
		processes = mem_resize(processes, count + 1, sizeof *processes);
		processes[count] = collect_process(run, names[count], &seen->findings, &reports);
	}
	processes_check(run, processes, count, seen);
	spoofed_check(run, reports, seen);
	findings_merge(&seen->findings);
	free(processes);
	names_free(names);
}

const struct detector detector_tsan = {
	.name = "tsan",
	.flavour = "tsan",
	.kinds = tsan_kinds,
	.prepare = prepare,
	.collect = collect,
	.explain = tsan_explain,
};

/* What a run's processes left. See report_files.h. */
#include "report_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "detectors/criterion/criterion_tap.h"

char *report_read(const struct run *run, const char *name, size_t *length)
{
	char *path = mem_format("%s/%s", run->directory, name), *bytes = file_read(path);

	free(path);
	*length = bytes ? strlen(bytes) : 0;
	return bytes;
}

/* The detector's own last word on why it gave up, from the run's standard error; for the caller to free. */
static char *last_words(const struct run *run)
{
	static const char *const marks[] = {"FATAL: ThreadSanitizer", "ThreadSanitizer: CHECK failed",
					    "valgrind: ", "FATAL: "};
	size_t length;
	char *text = report_read(run, "stderr", &length), *found = NULL;

	for (size_t i = 0; text && !found && i < sizeof marks / sizeof *marks; i++) {
		const char *at = strstr(text, marks[i]);
		size_t line = at ? strcspn(at, "\n") : 0;
		if (!at)
			continue;
		/* "valgrind: the 'impossible' happened:" says nothing yet; the line below it does. */
		if (line && at[line - 1] == ':' && at[line]) {
			size_t blanks = strspn(at + line, " \n");
			const char *next = at + line + blanks;
			found = mem_format(": %.*s %.*s", (int)line, at, (int)strcspn(next, "\n"), next);
		} else {
			found = mem_format(": %.*s", (int)line, at);
		}
	}
	free(text);
	return found ? found : mem_copy("");
}

/* The program itself: the process whose parent is none of the others. */
static const struct process *first_of(const struct process *processes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		bool child = false;
		for (size_t j = 0; j < count; j++)
			child = child || processes[j].pid == processes[i].parent;
		if (!child)
			return &processes[i];
	}
	return NULL;
}

static const struct process *process_of(const struct process *processes, size_t count, long pid)
{
	for (size_t i = 0; i < count; i++)
		if (processes[i].pid == pid)
			return &processes[i];
	return NULL;
}

/* Each test that has not failed must have been watched, and to its end. */
static void check_each_test(const struct test_results *results, const struct process *processes, size_t count,
			    const char *words, struct observation *seen)
{
	size_t unwatched = 0, cut = 0;

	for (size_t i = 0; i < results->process_count; i++) {
		const struct process *process = process_of(processes, count, results->processes[i].pid);
		unwatched += !process && !results->processes[i].failed;
		cut += process && !process->complete && !results->processes[i].failed;
	}
	if (results->process_count < (size_t)results->ran)
		observation_fail(seen, FAULT_DETECTOR, "nobody knows in which processes its tests were%s", words);
	else if (unwatched)
		observation_fail(seen, FAULT_DETECTOR, "the detector watched %zu of %d tests%s",
				 results->process_count - unwatched, results->ran, words);
	else if (cut)
		observation_fail(seen, FAULT_DETECTOR, "the detector did not watch %zu tests to their end%s", cut,
				 words);
}

/* Who sends the results is the runner of the tests. */
static void check_tests(const struct run *run, const struct process *processes, size_t count, const char *words,
			struct observation *seen)
{
	const struct process *runner = run->results ? process_of(processes, count, run->results->pid) : NULL;
	struct test_results results;

	if (!runner || !runner->complete) {
		observation_fail(seen, FAULT_DETECTOR, "the detector did not watch the test runner to its end%s",
				 words);
		return;
	}
	test_results_read(run->results->bytes, run->results->length, &results);
	check_each_test(&results, processes, count, words, seen);
	test_results_release(&results);
}

/* How a child of the program ends is its own affair: what it reported until then is there. */
void processes_check(const struct run *run, const struct process *processes, size_t count, struct observation *seen)
{
	if (seen->fault != FAULT_NONE)
		return;
	const struct process *program = first_of(processes, count);
	char *words = last_words(run);
	if (count == 0)
		observation_fail(seen, FAULT_DETECTOR, "the detector left no report%s", words);
	else if (run->tests)
		check_tests(run, processes, count, words, seen);
	else if (!program || !program->complete)
		observation_fail(seen, FAULT_DETECTOR, "the detector did not watch the program to its end%s", words);
	free(words);
}

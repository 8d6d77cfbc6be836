/* Reading Criterion's TAP. See criterion_tap.h. */
#include "criterion_tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

struct reader {
	struct test_results *results;
	int planned, seen;
	long process;	/* of the result that comes next; 0: unknown */
	char *explains; /* the test that is to explain itself; NULL when it has, or there is none */
	bool must_explain;
	enum { HEADER, PLAN, RESULTS, AFTER_FAILURE, IN_EXPLANATION } state;
};

static bool starts(const char *line, const char *start)
{
	return strncmp(line, start, strlen(start)) == 0;
}

static void add_failed(struct test_results *results, char *name)
{
	results->failed = mem_resize(results->failed, results->failed_count + 1, sizeof *results->failed);
	results->failed[results->failed_count++] = name;
}

/* Keeps the first message of the test that explains itself. What a test says after it could be anything. */
static void read_message(struct reader *reader, const char *line)
{
	static const char start[] = "      Assertion failed: ";
	char *before = reader->results->said;

	if (!reader->explains || !starts(line, start))
		return;
	line += strlen(start);
	reader->results->said = mem_format("%s%s: %s\n", before ? before : "", reader->explains, line);
	free(before);
	free(reader->explains);
	reader->explains = NULL;
}

static void add_process(struct reader *reader, bool failed)
{
	struct test_results *results = reader->results;

	if (!reader->process)
		return;
	results->processes = mem_resize(results->processes, results->process_count + 1, sizeof *results->processes);
	results->processes[results->process_count++] = (struct test_process){.pid = reader->process, .failed = failed};
	reader->process = 0;
}

static bool read_comment(struct reader *reader, const char *line)
{
	char after;

	reader->results->killed = reader->results->killed || strcmp(line, "# killed") == 0;
	if (starts(line, "# in process "))
		return sscanf(line, "# in process %ld%c", &reader->process, &after) == 1 && reader->process > 0;
	return starts(line, "#");
}

/* A line such as "not ok - suite::name  (0.01s)". */
static bool read_result(struct reader *reader, const char *line)
{
	bool failed = starts(line, "not ok - ");
	const char *suite = line + (failed ? strlen("not ok - ") : strlen("ok - ")), *name = strstr(suite, "::");

	if (!name)
		return false;
	name += 2;
	size_t length = strcspn(name, " ");
	const char *rest = name + length;
	if (length == 0 || *rest != ' ')
		return false;
	bool skipped = !failed && strstr(rest, " # SKIP");
	reader->seen++;
	reader->results->ran += !skipped;
	add_process(reader, failed || skipped);
	if (failed || skipped)
		add_failed(reader->results, mem_copy_n(name, length));
	if (!failed)
		return true;
	/* One that failed by itself is explained. One that crashed or timed out is not; but a description may say so too. */
	bool timed_out = starts(rest, " timed out (");
	reader->state = AFTER_FAILURE;
	reader->must_explain = !starts(rest, " unexpected signal after ") && !timed_out;
	reader->results->timed_out += timed_out;
	free(reader->explains);
	reader->explains = mem_copy_n(name, length);
	return true;
}

static bool read_plan(struct reader *reader, const char *line)
{
	char after;

	reader->state = RESULTS;
	return sscanf(line, "1..%d%c", &reader->planned, &after) == 1 && reader->planned >= 0;
}

static bool read_line(struct reader *reader, const char *line)
{
	switch (reader->state) {
	case HEADER:
		reader->state = PLAN;
		return strcmp(line, "TAP version 13") == 0;
	case PLAN:
		return read_plan(reader, line);
	case AFTER_FAILURE:
		reader->state = strcmp(line, "  ---") == 0 ? IN_EXPLANATION : RESULTS;
		return reader->state == IN_EXPLANATION || (!reader->must_explain && read_line(reader, line));
	case IN_EXPLANATION:
		if (strcmp(line, "  ...") == 0)
			reader->state = RESULTS;
		read_message(reader, line);
		return starts(line, "  ");
	default:
		if (starts(line, "ok - ") || starts(line, "not ok - "))
			return read_result(reader, line);
		return read_comment(reader, line);
	}
}

static int by_text(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* A test with parameters is listed once per set of them. */
static void sort_names(struct test_results *results)
{
	size_t kept = 0;

	if (results->failed_count == 0)
		return;
	qsort(results->failed, results->failed_count, sizeof *results->failed, by_text);
	for (size_t i = 0; i < results->failed_count; i++) {
		if (kept && strcmp(results->failed[kept - 1], results->failed[i]) == 0)
			free(results->failed[i]);
		else
			results->failed[kept++] = results->failed[i];
	}
	results->failed_count = kept;
}

/* A byte of 0 can stand in a message only; it ends the line for us. */
static bool take_line(void *context, char *line, size_t length)
{
	(void)length;
	return read_line(context, line);
}

void test_results_read(const char *bytes, size_t length, struct test_results *results)
{
	struct reader reader = {.results = results};

	*results = (struct test_results){0};
	bool whole = text_lines(bytes, length, take_line, &reader);
	free(reader.explains);
	results->complete = whole &&
			    (reader.state == RESULTS || (reader.state == AFTER_FAILURE && !reader.must_explain)) &&
			    reader.seen == reader.planned;
	sort_names(results);
}

void test_results_release(struct test_results *results)
{
	for (size_t i = 0; i < results->failed_count; i++)
		free(results->failed[i]);
	free(results->failed);
	free(results->processes);
	free(results->said);
	*results = (struct test_results){0};
}

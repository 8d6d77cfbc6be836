/* The two formats for tools: what they must hold, whatever a program under test has printed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <expat.h>
#include <jansson.h>

#include "report/report.h"
#include "tests/unit/made_results.h"

static const struct toolchain toolchain = {.clang = "14.0.6", .valgrind = "3.19.0", .glibc = "2.36", .kernel = "6.1.0"};

/* One that agrees, one false alarm, one test, one that disagrees, one error, one that declares nothing. */
static void make(struct made_results *made)
{
	struct program *broken = made_program(made, "02-x/y", "broken", ROLE_BROKEN, "chapters/02-x/y/broken.c");
	struct program *fixed = made_program(made, "02-x/y", "fixed", ROLE_FIXED, "chapters/02-x/y/fixed.c");
	struct program *wrong =
		made_program(made, "02-x/y", "wrong/detach", ROLE_WRONG, "solutions/02-x/y/wrong/detach.c");
	struct program *other = made_program(made, "", "mine", ROLE_OTHER, "/home/reader/mine.c");
	struct result *result = made_result(made, broken, "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);

	made_finding(result, "data-race", "data race", "Write", "evict", NULL, "/root/chapters/02-x/y/broken.c", 39);
	made_finding(result, "data-race", "data race", "Write", "elsewhere", NULL, "/other/broken.c", 4);
	findings_add(&result->seen.findings, "thread-leak");
	result->runs = 50, result->fired = 50, result->cpu_ms = 31, result->wall_ms = 40, result->peak_kib = 19456;
	made_result(made, fixed, "helgrind", WORD_FALSE_ALARM, OBSERVED_FIRES, NULL)->cached = true;
	made_result(made, wrong, "test", WORD_FAILS, OBSERVED_FAILS, NULL);
	made_result(made, fixed, "tsan", WORD_SILENT, OBSERVED_FIRES, "it reports <data-race> & \"more\" in evict");
	result = made_result(made, fixed, "drd", WORD_SILENT, OBSERVED_ERROR,
			     "it ended with '\033[2J\xff\xef\xbf\xbe ü'");
	result->seen.fault = FAULT_PROGRAM;
	result->seen.why = mem_copy(result->verdict.why);
	made_seen(made, other, "memcheck", OBSERVED_SILENT);
	made->results.wall_ms = 1234, made->results.cpu_ms = 2345;
}

static json_t *written(const struct results *results)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_error_t error;

	cr_assert_eq(report_json(out, "/root", &toolchain, results), 0);
	fclose(out);
	cr_assert_eq(text[size - 1], '\n');
	json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &error);
	cr_assert_not_null(document, "%s", error.text);
	free(text);
	return document;
}

static const char *string_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	cr_assert(json_is_string(value), "%s is no string", key);
	return json_string_value(value);
}

static json_int_t integer_at(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	cr_assert(json_is_integer(value), "%s is no integer", key);
	return json_integer_value(value);
}

Test(json, every_result_has_every_key)
{
	static const char *const keys[] = {"pitfall",  "program",  "path",  "detector", "declared", "observed",
					   "agrees",   "runs",	   "fired", "cached",	"cpu_ms",   "wall_ms",
					   "peak_kib", "findings", "why",   "end"};
	struct made_results made = {0};

	make(&made);
	json_t *document = written(&made.results), *results = json_object_get(document, "results");
	cr_assert_eq(json_array_size(results), 6);
	for (size_t i = 0; i < json_array_size(results); i++) {
		const json_t *result = json_array_get(results, i);
		cr_assert_eq(json_object_size(result), sizeof keys / sizeof *keys);
		for (size_t j = 0; j < sizeof keys / sizeof *keys; j++)
			cr_assert_not_null(json_object_get(result, keys[j]), "%s is missing", keys[j]);
	}
	json_decref(document);
	made_release(&made);
}

Test(json, holds_what_the_result_holds)
{
	struct made_results made = {0};

	make(&made);
	json_t *document = written(&made.results);
	const json_t *result = json_array_get(json_object_get(document, "results"), 0);
	cr_assert_str_eq(string_at(document, "schema"), "loose-threads/verify/1");
	cr_assert_str_eq(string_at(json_object_get(document, "toolchain"), "valgrind"), "3.19.0");
	cr_assert_str_eq(string_at(result, "pitfall"), "02-x/y");
	cr_assert_str_eq(string_at(result, "path"), "chapters/02-x/y/broken.c");
	cr_assert_str_eq(string_at(result, "declared"), "fires");
	cr_assert_str_eq(string_at(result, "observed"), "fires");
	cr_assert(json_is_true(json_object_get(result, "agrees")));
	cr_assert(json_is_false(json_object_get(result, "cached")));
	cr_assert_eq(integer_at(result, "runs"), 50);
	cr_assert_eq(integer_at(result, "fired"), 50);
	cr_assert_eq(integer_at(result, "cpu_ms"), 31);
	cr_assert_eq(integer_at(result, "wall_ms"), 40);
	cr_assert_eq(integer_at(result, "peak_kib"), 19456);
	result = json_array_get(json_object_get(document, "results"), 1);
	cr_assert_str_eq(string_at(result, "declared"), "false-alarm");
	cr_assert(json_is_true(json_object_get(result, "cached")));
	json_decref(document);
	made_release(&made);
}

/* How a run ended, in a word, with what belongs to it. */
Test(json, tells_how_the_program_ended)
{
	struct made_results made = {0};

	make(&made);
	struct observation *seen = &made.items[0].seen;
	observation_end(seen, ENDED_DEADLOCKED, "it hung");
	seen->errors = mem_copy("words\n");
	stack_add_frame(observation_add_standing(seen, "Main thread waits"), "main", "/w/chapters/02-x/y/broken.c", 7,
			true);
	made.items[1].seen.status = 3;
	json_t *document = written(&made.results);
	const json_t *results = json_object_get(document, "results");
	const json_t *end = json_object_get(json_array_get(results, 0), "end");
	const json_t *thread = json_array_get(json_object_get(end, "threads"), 0);
	cr_assert_str_eq(string_at(end, "how"), "deadlock");
	cr_assert_str_eq(string_at(end, "stderr"), "words\n");
	cr_assert(json_is_null(json_object_get(end, "status")) && json_is_null(json_object_get(end, "signal")));
	cr_assert_str_eq(string_at(thread, "thread"), "Main thread waits");
	cr_assert_eq(integer_at(thread, "line"), 7);
	end = json_object_get(json_array_get(results, 1), "end");
	cr_assert_str_eq(string_at(end, "how"), "exit");
	cr_assert_eq(integer_at(end, "status"), 3);
	json_decref(document);
	made_release(&made);
}

Test(json, findings_name_files_below_the_root_relative_to_it)
{
	struct made_results made = {0};

	make(&made);
	json_t *document = written(&made.results);
	const json_t *result = json_array_get(json_object_get(document, "results"), 0);
	const json_t *findings = json_object_get(result, "findings");
	cr_assert_eq(json_array_size(findings), 3);
	cr_assert_str_eq(string_at(json_array_get(findings, 0), "kind"), "data-race");
	cr_assert_str_eq(string_at(json_array_get(findings, 0), "function"), "evict");
	cr_assert_str_eq(string_at(json_array_get(findings, 0), "file"), "chapters/02-x/y/broken.c");
	cr_assert_eq(integer_at(json_array_get(findings, 0), "line"), 39);
	cr_assert_str_eq(string_at(json_array_get(findings, 1), "file"), "/other/broken.c");
	cr_assert(json_is_null(json_object_get(json_array_get(findings, 2), "file")));
	json_decref(document);
	made_release(&made);
}

Test(json, what_declares_nothing_has_null)
{
	struct made_results made = {0};

	make(&made);
	json_t *document = written(&made.results);
	const json_t *result = json_array_get(json_object_get(document, "results"), 5);
	cr_assert(json_is_null(json_object_get(result, "declared")));
	cr_assert_str_eq(string_at(result, "observed"), "silent");
	json_decref(document);
	made_release(&made);
}

Test(json, the_summary_counts_each_result_once)
{
	struct made_results made = {0};

	make(&made);
	json_t *document = written(&made.results);
	const json_t *summary = json_object_get(document, "summary");
	cr_assert_eq(integer_at(summary, "checked"), 6);
	cr_assert_eq(integer_at(summary, "agree"), 4);
	cr_assert_eq(integer_at(summary, "disagree"), 1);
	cr_assert_eq(integer_at(summary, "errors"), 1);
	cr_assert_eq(integer_at(summary, "wall_ms"), 1234);
	cr_assert_eq(integer_at(summary, "cpu_ms"), 2345);
	json_decref(document);
	made_release(&made);
}

Test(json, no_results_are_an_empty_array)
{
	struct results none = {0};
	json_t *document = written(&none);

	cr_assert_eq(json_array_size(json_object_get(document, "results")), 0);
	cr_assert(json_is_array(json_object_get(document, "results")));
	json_decref(document);
}

Test(json, bytes_that_are_no_text_do_not_break_it)
{
	struct made_results made = {0};
	struct program *program = made_program(&made, "", "mine", ROLE_OTHER, "/home/\xff\xfe/mine.c");

	made_seen(&made, program, "tsan", OBSERVED_SILENT);
	json_t *document = written(&made.results);
	cr_assert_str_eq(string_at(json_array_get(json_object_get(document, "results"), 0), "path"),
			 "/home/?\?/mine.c");
	json_decref(document);
	made_release(&made);
}

/* --- a full device --- */

static FILE *full_device(void)
{
	FILE *full = fopen("/dev/full", "w");

	cr_assert_not_null(full);
	return full;
}

Test(json, says_when_there_is_no_space)
{
	struct made_results made = {0};
	FILE *full = full_device();

	make(&made);
	cr_assert_eq(report_json(full, "/root", &toolchain, &made.results), -1);
	cr_assert_eq(errno, ENOSPC);
	fclose(full);
	made_release(&made);
}

Test(json, says_when_there_is_no_space_for_more_than_a_buffer)
{
	struct made_results made = {0};
	FILE *full = full_device();

	make(&made);
	cr_assert_eq(setvbuf(full, NULL, _IOFBF, 16), 0);
	cr_assert_eq(report_json(full, "/root", &toolchain, &made.results), -1);
	cr_assert_eq(errno, ENOSPC);
	fclose(full);
	made_release(&made);
}

Test(junit, says_when_there_is_no_space)
{
	struct made_results made = {0};

	make(&made);
	for (int buffer = 16; buffer <= 65536; buffer *= 4096) {
		FILE *full = full_device();
		cr_assert_eq(setvbuf(full, NULL, _IOFBF, (size_t)buffer), 0);
		cr_assert_eq(report_junit(full, &made.results), -1);
		cr_assert_eq(errno, ENOSPC);
		fclose(full);
	}
	made_release(&made);
}

/* --- JUnit --- */

struct counts {
	int cases, failures, errors;
	char tests[8], message[256];
};

static void on_start(void *data, const char *element, const char **attributes)
{
	struct counts *counts = data;

	counts->cases += strcmp(element, "testcase") == 0;
	counts->failures += strcmp(element, "failure") == 0;
	counts->errors += strcmp(element, "error") == 0;
	for (; *attributes; attributes += 2) {
		if (strcmp(element, "testsuite") == 0 && strcmp(attributes[0], "tests") == 0)
			snprintf(counts->tests, sizeof counts->tests, "%s", attributes[1]);
		if (strcmp(element, "failure") == 0 && strcmp(attributes[0], "message") == 0)
			snprintf(counts->message, sizeof counts->message, "%s", attributes[1]);
	}
}

Test(junit, is_xml_that_counts_right)
{
	struct made_results made = {0};
	struct counts counts = {0};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	XML_Parser parser = XML_ParserCreate(NULL);

	make(&made);
	cr_assert_eq(report_junit(out, &made.results), 0);
	fclose(out);
	XML_SetUserData(parser, &counts);
	XML_SetStartElementHandler(parser, on_start);
	cr_assert_eq(XML_Parse(parser, text, (int)size, 1), XML_STATUS_OK, "%s in %s",
		     XML_ErrorString(XML_GetErrorCode(parser)), text);
	XML_ParserFree(parser);
	cr_assert_eq(counts.cases, 6);
	cr_assert_eq(counts.failures, 1);
	cr_assert_eq(counts.errors, 1);
	cr_assert_str_eq(counts.tests, "6");
	cr_assert_str_eq(counts.message, "it reports <data-race> & \"more\" in evict");
	cr_assert_not_null(strstr(text, "ü"), "text that is UTF-8 stays");
	cr_assert_null(strchr(text, '\033'));
	free(text);
	made_release(&made);
}

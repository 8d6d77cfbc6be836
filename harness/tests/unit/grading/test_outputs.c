/* What is written of records: that each outcome looks like itself, and what came from a person stays data. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "../made_results.h"
#include "base/text.h"
#include "grading/outputs.h"

static struct rubric rubric;
static struct toolchain tools = {.clang = "14", .valgrind = "3", .glibc = "2", .kernel = "6"};
static struct result results[2];

static struct record_subject subject_of(const char *person)
{
	return (struct record_subject){.person = person,
				       .pitfall = "02-o/cache",
				       .file = "02-o/cache/line.c",
				       .root = "/root",
				       .place = "build/submissions/02-o/cache/3",
				       .toolchain = &tools,
				       .rubric = &rubric};
}

static void make(void)
{
	char *error;

	rubric_read(&rubric, "rubric", "60 | test closes | It waits.\n40 | detector tsan | One | after the other.\n",
		    "Test(line, closes)\n", "", &error);
	cr_assert_null(error);
}

/* Judged: whether the tests pass, and what tsan says; it lives until the next. */
static json_t *judged(const char *person, bool passes, enum observed observed, const char *why)
{
	const struct record_subject subject = subject_of(person);

	results[0] = (struct result){.detector = detector_of_tests(),
				     .seen = {.failed = passes ? NULL : "closes"},
				     .verdict = {passes ? OBSERVED_PASSES : OBSERVED_FAILS, passes, NULL}};
	results[1].detector = detector_named("tsan");
	results[1].verdict = (struct verdict){observed, observed == OBSERVED_SILENT, (char *)why};
	return record_of_results(&subject, &(struct results){.items = results, .count = 2});
}

static json_t *taken(const char *person, enum taken_how how, const char *why)
{
	const struct record_subject subject = subject_of(person);

	return record_of_taken(&subject, &(struct taken){how, NULL, (char *)why});
}

/* One of each outcome. */
static json_t *a_class(void)
{
	json_t *all = json_array();

	json_array_append_new(all, judged("ann", true, OBSERVED_SILENT, NULL));
	json_array_append_new(all, judged("bob", true, OBSERVED_FIRES, "it reports data-race"));
	json_array_append_new(all,
			      taken("=cmd|'/c calc'!A1", TAKEN_TAMPERED, "the archive has a link: '</failure>\"&'"));
	json_array_append_new(all, judged("dora", true, OBSERVED_ERROR, "it died"));
	json_array_append_new(all, taken("eve", TAKEN_NOTHING, "there is no 'x'"));
	return all;
}

static char *written(int (*write)(FILE *out, const json_t *what), json_t *what)
{
	struct text text;

	cr_assert_eq(write(text_open(&text), what), 0);
	json_decref(what);
	return text_close(&text);
}

static json_t *sarif_of(const json_t *records)
{
	struct text text;

	cr_assert_eq(write_sarif(text_open(&text), records), 0);
	char *bytes = text_close(&text);
	json_t *log = json_loads(bytes, 0, NULL);
	cr_assert_not_null(log);
	free(bytes);
	return log;
}

static void expect(const char *text, const char *words)
{
	cr_assert(strstr(text, words), "'%s' is not in:\n%s", words, text);
}

Test(outputs, give_each_outcome_its_own_look, .init = make)
{
	char *csv = written(write_grades, a_class());

	cr_assert_str_eq(
		csv,
		"submission,exercise,outcome,points,of,why,suspicious\r\n"
		"\"ann\",\"02-o/cache\",passed,100,100,\"\",\"\"\r\n"
		"\"bob\",\"02-o/cache\",failed,60,100,\"\",\"\"\r\n"
		"\"'=cmd|'/c calc'!A1\",\"02-o/cache\",tampered,,100,\"the archive has a link: '</failure>\"\"&'\",\"\"\r\n"
		"\"dora\",\"02-o/cache\",cannot-judge,,100,\"tsan: it died\",\"\"\r\n"
		"\"eve\",\"02-o/cache\",failed,0,100,\"there is no 'x'\",\"\"\r\n");
	free(csv);
}

/* It keeps its grade. */
Test(outputs, mark_what_is_suspicious, .init = make)
{
	struct record_subject subject = subject_of("ann");

	json_decref(judged("ann", true, OBSERVED_SILENT, NULL));
	subject.suspicious = "line 3: a name that is pasted together";
	json_t *all = json_array();
	json_array_append_new(all, record_of_results(&subject, &(struct results){.items = results, .count = 2}));
	char *csv = written(write_grades, all);
	expect(csv, "passed,100,100,\"\",\"line 3: a name that is pasted together\"\r\n");
	free(csv);
}

Test(outputs, count_what_refused_how_many, .init = make)
{
	char *csv = written(write_items, a_class());

	expect(csv, "\"02-o/cache\",test,\"closes\",0,2\r\n");
	expect(csv, "\"02-o/cache\",detector,\"tsan\",1,2\r\n");
	expect(csv, "\"02-o/cache\",outcome,\"failed\",2,5\r\n");
	expect(csv, "\"02-o/cache\",outcome,\"tampered\",1,5\r\n");
	free(csv);
}

Test(outputs, are_well_formed_junit, .init = make)
{
	char *xml = written(write_junit, a_class());
	XML_Parser parser = XML_ParserCreate(NULL);

	cr_assert_eq(XML_Parse(parser, xml, (int)strlen(xml), 1), XML_STATUS_OK, "%s", xml);
	XML_ParserFree(parser);
	expect(xml, "<testsuite name=\"ann 02-o/cache\" tests=\"2\" failures=\"0\" errors=\"0\">");
	expect(xml, "<testsuite name=\"bob 02-o/cache\" tests=\"2\" failures=\"1\" errors=\"0\">");
	expect(xml, "<testsuite name=\"dora 02-o/cache\" tests=\"2\" failures=\"0\" errors=\"2\">");
	expect(xml, "<error type=\"tampered\" message=\"the archive has a link: '&lt;/failure&gt;&quot;&amp;'\"/>");
	free(xml);
}

static json_t *only(json_t *record)
{
	json_t *all = json_array();

	json_array_append_new(all, record);
	return all;
}

static double number(const json_t *object, const char *key)
{
	cr_assert(json_is_number(json_object_get(object, key)), "%s", key);
	return json_number_value(json_object_get(object, key));
}

Test(outputs, are_what_gradescope_reads, .init = make)
{
	json_t *records = only(judged("bob", true, OBSERVED_FIRES, "x")), *read = gradescope_results(records);
	const json_t *tests = json_object_get(read, "tests");

	cr_assert_eq(number(read, "score"), 60);
	cr_assert_eq(json_array_size(tests), 2);
	cr_assert_eq(number(json_array_get(tests, 1), "score"), 0);
	cr_assert_eq(number(json_array_get(tests, 1), "max_score"), 40);
	cr_assert_str_eq(record_text(json_array_get(tests, 1), "status"), "failed");
	json_decref(read);
	json_decref(records);
	read = gradescope_results(records = only(judged("dora", true, OBSERVED_ERROR, "it died")));
	expect(record_text(read, "output"), "cannot-judge, which is not a grade");
	cr_assert_eq(json_array_size(json_object_get(read, "tests")), 0);
	json_decref(read);
	json_decref(records);
}

Test(outputs, are_what_prairielearn_reads, .init = make)
{
	json_t *records = only(judged("bob", true, OBSERVED_FIRES, "x")), *read = prairielearn_results(records);

	cr_assert(json_is_true(json_object_get(read, "gradable")));
	cr_assert_eq(number(read, "score"), 0.6);
	cr_assert_eq(number(json_array_get(json_object_get(read, "tests"), 0), "max_points"), 60);
	json_decref(read);
	json_decref(records);
	read = prairielearn_results(records = only(taken("carl", TAKEN_TAMPERED, "a link")));
	cr_assert(json_is_false(json_object_get(read, "gradable")));
	cr_assert_null(json_object_get(read, "score"));
	json_decref(read);
	json_decref(records);
}

/* --- SARIF --- */

static void add_access(struct finding *finding, const char *role, const char *file, int line)
{
	struct stack *stack = finding_add_stack(finding, role);

	stack_add_frame(stack, "memcpy", NULL, 0, false);
	stack_add_frame(stack, "touch", file, line, true);
	stack_add_frame(stack, "caller", file, line + 10, true);
}

/* The later access comes first in the report. */
static json_t *with_a_race(void)
{
	struct findings *all = &results[1].seen.findings;
	struct finding *finding = findings_add(all, "data-race");

	free(finding->words);
	finding->words = mem_copy("data race on 'x'");
	add_access(finding, "Write of size 4 by thread b", "/root/build/submissions/02-o/cache/3/line.c", 7);
	add_access(finding, "Previous read of size 4 by main thread", "/root/exercises/02-o/cache/test.c", 3);
	add_access(finding, "Created thread b, by main thread", "/root/exercises/02-o/cache/test.c", 1);
	finding_place(finding);
	json_t *record = judged("ann b", true, OBSERVED_FIRES, "x");
	findings_release(all);
	return record;
}

static json_int_t order_of(const json_t *flow, size_t step)
{
	return json_integer_value(
		json_object_get(json_array_get(json_object_get(flow, "locations"), step), "executionOrder"));
}

Test(sarif, has_both_threads_in_the_order_of_their_accesses, .init = make)
{
	json_t *records = only(with_a_race()), *log = sarif_of(records), *flows = NULL, *runs = NULL;
	const char *uri = NULL, *rule = NULL;

	cr_assert_eq(json_unpack(log, "{s:o}", "runs", &runs), 0);
	json_t *result = json_array_get(json_object_get(json_array_get(runs, 0), "results"), 0);
	cr_assert_eq(json_unpack(result, "{s:s, s:[{s:{s:{s:s}}}], s:[{s:o}]}", "ruleId", &rule, "locations",
				 "physicalLocation", "artifactLocation", "uri", &uri, "codeFlows", "threadFlows",
				 &flows),
		     0);
	cr_assert_str_eq(rule, "tsan/data-race");
	cr_assert_str_eq(uri, "ann%20b/02-o/cache/line.c");
	cr_assert_eq(json_array_size(flows), 2);
	json_t *first = json_array_get(flows, 0), *second = json_array_get(flows, 1);
	cr_assert_str_eq(record_text(json_object_get(first, "message"), "text"),
			 "Previous read of size 4 by main thread");
	cr_assert_eq(order_of(first, 0), 1);
	cr_assert_eq(order_of(first, 1), 2);
	cr_assert_eq(order_of(second, 0), 3);
	cr_assert_eq(order_of(second, 1), 4);
	json_decref(log);
	json_decref(records);
}

/* --- feedback --- */

Test(feedback, begins_with_what_does_not_hold, .init = make)
{
	const struct record_subject subject = subject_of("bob");
	json_t *record = taken("bob", TAKEN_TAMPERED, "a name with\n\n# Passed\n and \x1b[2J");
	char *page = feedback_page(&subject, record, NULL);

	expect(page, "# 02-o/cache: tampered\n");
	expect(page, "This is not a grade.");
	expect(page, "\n    # Passed\n");
	cr_assert_null(strchr(page, 0x1b));
	cr_assert_null(strstr(page, "points"));
	free(page);
	json_decref(record);
}

Test(record, calls_the_file_by_the_persons_name_for_it, .init = make)
{
	const struct record_subject subject = subject_of("bob");
	char *words = record_words(&subject, "/root/build/submissions/02-o/cache/3/line.c:7: see /root/exercises/x.h");

	cr_assert_str_eq(words, "02-o/cache/line.c:7: see exercises/x.h");
	free(words);
}

Test(record, says_that_a_compile_error_is_no_machine_fault, .init = make)
{
	const struct record_subject subject = subject_of("bob");

	results[0] = (struct result){.detector = detector_of_tests(),
				     .bad_input = true,
				     .seen = {.fault = FAULT_PROGRAM, .why = "it does not compile:\nx"},
				     .verdict = {OBSERVED_ERROR, false, NULL}};
	json_t *record = record_of_results(&subject, &(struct results){.items = results, .count = 1});
	cr_assert_eq(record_grade(record), GRADE_FAILED);
	cr_assert_eq(record_points(record, "points"), 0);
	json_decref(record);
	record = record_of_results(&subject, &(struct results){0});
	cr_assert_eq(record_grade(record), GRADE_CANNOT_JUDGE);
	json_decref(record);
}

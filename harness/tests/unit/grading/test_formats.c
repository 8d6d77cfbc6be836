/*
 * What is written for other people's programs, held against what their formats
 * document: SARIF 2.1.0 (OASIS), JUnit as Jenkins' schema has it (junit-10.xsd),
 * results.json of Gradescope and of PrairieLearn. Required properties are there,
 * none is unknown, and each has its type and its range.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "base/mem.h"
#include "base/text.h"
#include "grading/outputs.h"

/* --- shapes --- */

enum type { TEXT, NUMBER, INTEGER, BOOLEAN, OBJECT, LIST };

/* A property. What is an object, or a list of objects, has properties itself; what is a list of texts has none. */
struct property {
	const char *name;
	enum type type;
	bool required;
	const struct property *inner; /* until one without a name; NULL: anything */
	const char *words;	      /* of a text: those allowed, each between spaces; NULL: any */
	double least, most;	      /* of a number, when they differ */
	size_t fewest;		      /* of a list */
};

/* The first thing that is wrong, as a line, for free(); NULL: nothing. */
static char *misfit(const json_t *value, const struct property *shape, const char *path);

static char *misfit_of_number(const json_t *value, const struct property *is, const char *path)
{
	bool right = is->type == INTEGER ? json_is_integer(value) : json_is_number(value);

	if (right && is->least < is->most)
		right = json_number_value(value) >= is->least && json_number_value(value) <= is->most;
	return right ? NULL : mem_format("%s is no such number", path);
}

static char *misfit_of_text(const json_t *value, const struct property *is, const char *path)
{
	char *word = mem_format(" %s ", json_string_value(value) ? json_string_value(value) : "");
	bool right = json_is_string(value) && (!is->words || strstr(is->words, word));

	free(word);
	return right ? NULL : mem_format("%s is no such text", path);
}

static char *misfit_of_list(const json_t *value, const struct property *is, const char *path)
{
	char *problem = NULL;
	size_t index;
	json_t *item;

	if (!json_is_array(value) || json_array_size(value) < is->fewest)
		return mem_format("%s is no such list", path);
	json_array_foreach(value, index, item) {
		char *place = mem_format("%s[%zu]", path, index);
		if (!problem && is->inner)
			problem = misfit(item, is->inner, place);
		free(place);
	}
	return problem;
}

static char *misfit_of_property(const json_t *value, const struct property *is, const char *path)
{
	switch (is->type) {
	case TEXT:
		return misfit_of_text(value, is, path);
	case NUMBER:
	case INTEGER:
		return misfit_of_number(value, is, path);
	case BOOLEAN:
		return json_is_boolean(value) ? NULL : mem_format("%s is no boolean", path);
	case LIST:
		return misfit_of_list(value, is, path);
	default:
		return misfit(value, is->inner, path);
	}
}

static const struct property *find_property(const struct property *shape, const char *name)
{
	while (shape->name && strcmp(shape->name, name) != 0)
		shape++;
	return shape->name ? shape : NULL;
}

static char *misfit(const json_t *value, const struct property *shape, const char *path)
{
	const char *name;
	json_t *inner;

	if (!json_is_object(value))
		return mem_format("%s is no object", path);
	for (const struct property *is = shape; is && is->name; is++)
		if (is->required && !json_object_get(value, is->name))
			return mem_format("%s has no '%s'", path, is->name);
	json_object_foreach((json_t *)value, name, inner) {
		const struct property *is = shape ? find_property(shape, name) : NULL;
		char *place = mem_format("%s.%s", path, name);
		char *problem = is	 ? misfit_of_property(inner, is, place)
				: !shape ? NULL
					 : mem_format("%s is not documented", place);
		free(place);
		if (problem)
			return problem;
	}
	return NULL;
}

static void fits(json_t *value, const struct property *shape)
{
	char *problem = misfit(value, shape, "");

	cr_assert_null(problem, "%s", problem);
	json_decref(value);
}

/* --- SARIF 2.1.0, the objects that we write, each with all that the schema requires of it --- */

static const struct property sarif_message[] = {{.name = "text", .type = TEXT, .required = true}, {0}};
static const struct property sarif_region[] = {{.name = "startLine", .type = INTEGER, .least = 1, .most = 1e9}, {0}};
static const struct property sarif_artifact[] = {
	{.name = "uri", .type = TEXT}, {.name = "uriBaseId", .type = TEXT}, {0}};
static const struct property sarif_physical[] = {
	{.name = "artifactLocation", .type = OBJECT, .required = true, .inner = sarif_artifact},
	{.name = "region", .type = OBJECT, .inner = sarif_region},
	{0}};
static const struct property sarif_logical[] = {{.name = "name", .type = TEXT}, {0}};
static const struct property sarif_location[] = {{.name = "physicalLocation", .type = OBJECT, .inner = sarif_physical},
						 {.name = "logicalLocations", .type = LIST, .inner = sarif_logical},
						 {.name = "message", .type = OBJECT, .inner = sarif_message},
						 {0}};
static const struct property sarif_step[] = {{.name = "location", .type = OBJECT, .inner = sarif_location},
					     {.name = "executionOrder", .type = INTEGER, .least = 0, .most = 1e9},
					     {.name = "nestingLevel", .type = INTEGER, .least = 0, .most = 1e9},
					     {0}};
static const struct property sarif_flow[] = {
	{.name = "locations", .type = LIST, .required = true, .inner = sarif_step, .fewest = 1},
	{.name = "id", .type = TEXT},
	{.name = "message", .type = OBJECT, .inner = sarif_message},
	{0}};
static const struct property sarif_code_flow[] = {
	{.name = "threadFlows", .type = LIST, .required = true, .inner = sarif_flow, .fewest = 1}, {0}};
static const struct property sarif_result[] = {
	{.name = "message", .type = OBJECT, .required = true, .inner = sarif_message},
	{.name = "ruleId", .type = TEXT},
	{.name = "level", .type = TEXT, .words = " none note warning error "},
	{.name = "locations", .type = LIST, .inner = sarif_location},
	{.name = "codeFlows", .type = LIST, .inner = sarif_code_flow},
	{.name = "properties", .type = OBJECT},
	{0}};
static const struct property sarif_rule[] = {{.name = "id", .type = TEXT, .required = true},
					     {.name = "fullDescription", .type = OBJECT, .inner = sarif_message},
					     {.name = "help", .type = OBJECT, .inner = sarif_message},
					     {0}};
static const struct property sarif_driver[] = {{.name = "name", .type = TEXT, .required = true},
					       {.name = "version", .type = TEXT},
					       {.name = "rules", .type = LIST, .inner = sarif_rule},
					       {0}};
static const struct property sarif_tool[] = {
	{.name = "driver", .type = OBJECT, .required = true, .inner = sarif_driver}, {0}};
static const struct property sarif_run[] = {{.name = "tool", .type = OBJECT, .required = true, .inner = sarif_tool},
					    {.name = "results", .type = LIST, .inner = sarif_result},
					    {0}};
static const struct property sarif_shape[] = {{.name = "version", .type = TEXT, .required = true, .words = " 2.1.0 "},
					      {.name = "$schema", .type = TEXT},
					      {.name = "runs", .type = LIST, .required = true, .inner = sarif_run},
					      {0}};

/* --- course servers --- */

static const struct property gradescope_case[] = {
	{.name = "score", .type = NUMBER, .least = 0, .most = 1e6},
	{.name = "max_score", .type = NUMBER, .least = 0, .most = 1e6},
	{.name = "status", .type = TEXT, .words = " passed failed "},
	{.name = "name", .type = TEXT},
	{.name = "name_format", .type = TEXT, .words = " text html simple_format md ansi "},
	{.name = "number", .type = TEXT},
	{.name = "output", .type = TEXT},
	{.name = "output_format", .type = TEXT, .words = " text html simple_format md ansi "},
	{.name = "tags", .type = LIST},
	{.name = "visibility", .type = TEXT, .words = " hidden after_due_date after_published visible "},
	{.name = "extra_data", .type = OBJECT},
	{0}};
/* A score is required where the tests have none. */
static const struct property gradescope_shape[] = {
	{.name = "score", .type = NUMBER, .required = true, .least = 0, .most = 1e6},
	{.name = "execution_time", .type = NUMBER},
	{.name = "output", .type = TEXT},
	{.name = "output_format", .type = TEXT, .words = " text html simple_format md ansi "},
	{.name = "visibility", .type = TEXT, .words = " hidden after_due_date after_published visible "},
	{.name = "stdout_visibility", .type = TEXT, .words = " hidden after_due_date after_published visible "},
	{.name = "extra_data", .type = OBJECT},
	{.name = "tests", .type = LIST, .inner = gradescope_case},
	{.name = "leaderboard", .type = LIST},
	{0}};

static const struct property prairielearn_case[] = {{.name = "name", .type = TEXT, .required = true},
						    {.name = "description", .type = TEXT},
						    {.name = "points", .type = NUMBER, .least = 0, .most = 1e6},
						    {.name = "max_points", .type = NUMBER, .least = 0, .most = 1e6},
						    {.name = "message", .type = TEXT},
						    {.name = "output", .type = TEXT},
						    {0}};
static const struct property prairielearn_shape[] = {{.name = "gradable", .type = BOOLEAN},
						     {.name = "score", .type = NUMBER, .least = 0, .most = 1},
						     {.name = "message", .type = TEXT},
						     {.name = "output", .type = TEXT},
						     {.name = "format_errors", .type = LIST},
						     {.name = "tests", .type = LIST, .inner = prairielearn_case},
						     {0}};

/* --- what is written: of records, one of each outcome, and of one with a race --- */

static const char given[] =
	"[{'schema': 'loose-threads/grade/1', 'submission': 'ann b', 'exercise': '02-o/cache', 'file': '02-o/cache/line.c',"
	"  'outcome': 'failed', 'why': null, 'suspicious': null, 'points': 62.5, 'of': 100, 'items': ["
	"   {'kind': 'test', 'name': 'closes', 'points': 40, 'of': 40, 'kept': true, 'sentence': 'It closes.'},"
	"   {'kind': 'promise', 'name': 'nobody <sends>', 'points': 0, 'of': 37.5, 'kept': false, 'sentence': 'nobody <sends>',"
	"    'judges': ['detector tsan']},"
	"   {'kind': 'detector', 'name': 'tsan', 'points': 22.5, 'of': 22.5, 'kept': false, 'sentence': 'Ordered.'}],"
	"  'runs': [{'detector': 'tsan', 'findings': [{'kind': 'data-race', 'function': 'touch', 'file': '02-o/cache/line.c',"
	"   'line': 7, 'words': 'data race', 'stacks': ["
	"    {'role': 'Write of size 4 by thread b', 'fault': true, 'frames': ["
	"     {'function': 'memcpy', 'file': null, 'line': 0, 'own': false},"
	"     {'function': 'touch', 'file': '02-o/cache/line.c', 'line': 7, 'own': true}]},"
	"    {'role': 'Previous read of size 4 by main thread', 'fault': true, 'frames': ["
	"     {'function': 'look', 'file': 'exercises/02-o/cache/test.c', 'line': 9, 'own': true},"
	"     {'function': 'main', 'file': null, 'line': 0, 'own': true}]}]},"
	"   {'kind': 'thread-leak', 'function': '', 'file': null, 'line': 0, 'words': '', 'stacks': []}]}]},"
	" {'submission': 'bob', 'exercise': '02-o/cache', 'file': '02-o/cache/line.c', 'outcome': 'tampered',"
	"  'why': 'a link: \\\"&\\u0001\\\"', 'points': 0, 'of': 100, 'items': ["
	"   {'kind': 'test', 'name': 'closes', 'points': 0, 'of': 40, 'kept': false, 'sentence': 'It closes.'}], 'runs': []},"
	" {'submission': 'cy', 'exercise': '02-o/cache', 'file': '02-o/cache/line.c', 'outcome': 'passed', 'why': null,"
	"  'points': 100, 'of': 100, 'items': ["
	"   {'kind': 'test', 'name': 'closes', 'points': 100, 'of': 100, 'kept': true, 'sentence': 'It closes.'}], 'runs': []}]";

static json_t *records(void)
{
	char *text = mem_copy(given);

	for (char *at = text; *at; at++)
		if (*at == '\'')
			*at = '"';
	json_error_t error;
	json_t *all = json_loads(text, 0, &error);
	cr_assert_not_null(all, "%s at %d", error.text, error.position);
	free(text);
	return all;
}

static char *text_of(int (*write)(FILE *out, const json_t *what))
{
	json_t *all = records();
	struct text text;

	cr_assert_eq(write(text_open(&text), all), 0);
	json_decref(all);
	return text_close(&text);
}

Test(formats, sarif_is_what_oasis_says)
{
	char *text = text_of(write_sarif);
	json_t *log = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	json_t *run = json_array_get(json_object_get(log, "runs"), 0);

	cr_assert_not_null(log, "%s", text);
	cr_assert_eq(json_array_size(json_object_get(run, "results")), 2);
	/* Each of the race's threads is a flow. */
	json_t *flows = json_object_get(
		json_array_get(json_object_get(json_array_get(json_object_get(run, "results"), 0), "codeFlows"), 0),
		"threadFlows");
	cr_assert_eq(json_array_size(flows), 2);
	free(text);
	fits(log, sarif_shape);
}

/* Of each record alone, and of all together: one has no grade. */
static void fit_each(json_t *(*make)(const json_t *records), const struct property *shape)
{
	json_t *all = records(), *record;
	size_t index;

	fits(make(all), shape);
	json_array_foreach(all, index, record) {
		json_t *one = json_array();
		json_array_append(one, record);
		fits(make(one), shape);
		json_decref(one);
	}
	json_decref(all);
}

Test(formats, gradescope_has_its_documented_fields)
{
	fit_each(gradescope_results, gradescope_shape);
}

Test(formats, prairielearn_has_its_documented_fields)
{
	fit_each(prairielearn_results, prairielearn_shape);
}

/* A checker that takes everything proves nothing. */
Test(formats, what_does_not_fit_is_told)
{
	static const char *const wrong[][2] = {{"{'version': '2.1', 'runs': []}", ".version is no such text"},
					       {"{'runs': []}", " has no 'version'"},
					       {"{'version': '2.1.0', 'runs': [], 'x': 1}", ".x is not documented"},
					       {"{'version': '2.1.0', 'runs': [{}]}", ".runs[0] has no 'tool'"},
					       {"{'version': '2.1.0', 'runs': 1}", ".runs is no such list"}};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		char *text = mem_copy(wrong[i][0]);
		for (char *at = text; *at; at++)
			*at = *at == '\'' ? '"' : *at;
		json_t *value = json_loads(text, 0, NULL);
		char *problem = misfit(value, sarif_shape, "");
		cr_assert(problem && strcmp(problem, wrong[i][1]) == 0, "%s: %s", text, problem);
		json_decref(value);
		free(problem);
		free(text);
	}
}

/* --- JUnit --- */

static const char *const junit_known[][12] = {
	{"testsuites", "name", "time", "tests", "failures", "disabled", "errors", NULL},
	{"testsuite", "name", "tests", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname",
	 "id", NULL},
	{"testcase", "name", "assertions", "time", "classname", "status", "class", "file", "line", NULL},
	{"failure", "type", "message", NULL},
	{"error", "type", "message", NULL}};
static const char *const junit_inside[] = {"", "testsuites", "testsuite", "testcase", "testcase"};

struct junit {
	const char *open[8];
	int depth;
	long tests, failures, errors; /* that the suite says, less those that were seen */
	const char *problem;
};

static const char *value_of(const XML_Char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

static void check_attributes(struct junit *junit, const char *const *known, const XML_Char **attributes)
{
	for (; *attributes; attributes += 2) {
		int i = 1;
		while (known[i] && strcmp(known[i], attributes[0]) != 0)
			i++;
		if (!known[i])
			junit->problem = "an attribute that is not documented";
	}
}

static void count(struct junit *junit, const char *name, const XML_Char **attributes)
{
	if (strcmp(name, "testsuite") == 0) {
		const char *tests = value_of(attributes, "tests"), *failures = value_of(attributes, "failures"),
			   *errors = value_of(attributes, "errors");
		if (!tests || !failures || !errors || !value_of(attributes, "name"))
			junit->problem = "a suite without its counts";
		else
			junit->tests = atol(tests), junit->failures = atol(failures), junit->errors = atol(errors);
	}
	junit->tests -= strcmp(name, "testcase") == 0;
	junit->failures -= strcmp(name, "failure") == 0;
	junit->errors -= strcmp(name, "error") == 0;
	if (strcmp(name, "testcase") == 0 && (!value_of(attributes, "name") || !value_of(attributes, "classname")))
		junit->problem = "a case without a name";
}

static void on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
	struct junit *junit = context;
	size_t i = 0, all = sizeof junit_inside / sizeof *junit_inside;
	const char *around = junit->depth ? junit->open[junit->depth - 1] : "";

	while (i < all && strcmp(junit_known[i][0], name) != 0)
		i++;
	if (i == all || strcmp(junit_inside[i], around) != 0 || junit->depth == 8) {
		junit->problem = "an element in the wrong place";
		return;
	}
	junit->open[junit->depth++] = junit_known[i][0];
	check_attributes(junit, junit_known[i], attributes);
	count(junit, name, attributes);
}

static void on_end(void *context, const XML_Char *name)
{
	struct junit *junit = context;

	if (strcmp(name, "testsuite") == 0 && (junit->tests || junit->failures || junit->errors))
		junit->problem = "counts that are not those of the suite";
	junit->depth--;
}

Test(formats, junit_is_what_jenkins_reads)
{
	char *xml = text_of(write_junit);
	struct junit junit = {.depth = 0};
	XML_Parser parser = XML_ParserCreate(NULL);

	XML_SetUserData(parser, &junit);
	XML_SetElementHandler(parser, on_start, on_end);
	cr_assert_eq(XML_Parse(parser, xml, (int)strlen(xml), 1), XML_STATUS_OK, "%s", xml);
	cr_assert_null(junit.problem, "%s:\n%s", junit.problem, xml);
	cr_assert(strstr(xml, "<failure"));
	cr_assert(strstr(xml, "<error"));
	XML_ParserFree(parser);
	free(xml);
}

/*
 * SARIF 2.1.0. A race is a code flow with a thread flow for each of its threads; the
 * execution orders run through both, so that the access that came first stands first.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/version.h"
#include "outputs.h"
#include "verdict/detector.h"

static json_t *message(const char *text)
{
	json_t *object = json_object();

	json_object_set_new(object, "text", json_string(*text ? text : "?"));
	return object;
}

/* A relative reference: each byte that is not plain is escaped. */
static char *uri_of(const char *path)
{
	struct text made;
	FILE *out = text_open(&made);

	for (; *path; path++)
		if (isalnum((unsigned char)*path) || strchr("-._~/", *path))
			putc(*path, out);
		else
			fprintf(out, "%%%02X", (unsigned char)*path);
	return text_close(&made);
}

/* Of a file of the record: the person's own lies below the submissions, all else in the workbook. */
static json_t *artifact(const json_t *record, const char *file)
{
	bool own = strcmp(file, record_text(record, "file")) == 0;
	char *path = own ? mem_format("%s/%s", record_text(record, "submission"), file) : mem_copy(file);
	char *uri = uri_of(path);
	json_t *object = json_object();

	json_object_set_new(object, "uri", json_string(uri));
	json_object_set_new(object, "uriBaseId", json_string(own ? "SUBMISSIONS" : "WORKBOOK"));
	free(uri);
	free(path);
	return object;
}

/* Of an object with a file, a line and a function: a frame or a finding. */
static json_t *location(const json_t *record, const json_t *place, const char *words)
{
	json_t *object = json_object(), *physical = json_object(), *names = json_array(), *name = json_object();
	long line = (long)json_integer_value(json_object_get(place, "line"));

	if (*record_text(place, "file")) {
		json_object_set_new(physical, "artifactLocation", artifact(record, record_text(place, "file")));
		if (line > 0) {
			json_t *region = json_object();
			json_object_set_new(region, "startLine", json_integer(line));
			json_object_set_new(physical, "region", region);
		}
		json_object_set(object, "physicalLocation", physical);
	}
	json_object_set_new(name, "name", json_string(record_text(place, "function")));
	json_array_append_new(names, name);
	json_object_set_new(object, "logicalLocations", names);
	if (words)
		json_object_set_new(object, "message", message(words));
	json_decref(physical);
	return object;
}

/* --- thread flows --- */

static bool is_earlier(const json_t *stack)
{
	const char *role = record_text(stack, "role");

	return strstr(role, "revious") || strstr(role, "conflicts with");
}

static json_t *step(const json_t *record, const json_t *frame, const char *words, long order, size_t depth)
{
	json_t *object = json_object();

	json_object_set_new(object, "location", location(record, frame, words));
	json_object_set_new(object, "executionOrder", json_integer(order));
	json_object_set_new(object, "nestingLevel", json_integer((json_int_t)depth));
	return object;
}

/* From the outermost call in to what the stack is about, which carries its words. NULL: nothing of it is the person's. */
static json_t *thread_flow(const json_t *record, const json_t *stack, size_t number, long *order)
{
	const json_t *frames = json_object_get(stack, "frames");
	json_t *object = json_object(), *steps = json_array();
	size_t innermost = json_array_size(frames), depth = 0;

	for (size_t i = json_array_size(frames); i--;)
		if (json_is_true(json_object_get(json_array_get(frames, i), "own")))
			innermost = i;
	for (size_t i = json_array_size(frames); i--;) {
		const json_t *frame = json_array_get(frames, i);
		if (!json_is_true(json_object_get(frame, "own")))
			continue;
		json_array_append_new(steps, step(record, frame, i == innermost ? record_text(stack, "role") : NULL,
						  (*order)++, depth++));
	}
	if (!depth) {
		json_decref(steps);
		json_decref(object);
		return NULL;
	}
	char *id = mem_format("thread %zu", number);
	json_object_set_new(object, "id", json_string(id));
	json_object_set_new(object, "message", message(record_text(stack, "role")));
	json_object_set_new(object, "locations", steps);
	free(id);
	return object;
}

/* Those that are earlier, or those that are not. */
static void add_flows(json_t *flows, const json_t *record, const json_t *finding, bool earlier, long *order)
{
	size_t index;
	json_t *stack;

	json_array_foreach(json_object_get(finding, "stacks"), index, stack) {
		if (!json_is_true(json_object_get(stack, "fault")) || is_earlier(stack) != earlier)
			continue;
		json_t *flow = thread_flow(record, stack, json_array_size(flows) + 1, order);
		if (flow)
			json_array_append_new(flows, flow);
	}
}

/* --- results --- */

static char *rule_of(const json_t *run, const json_t *finding)
{
	return mem_format("%s/%s", record_text(run, "detector"), record_text(finding, "kind"));
}

static json_t *result(const json_t *record, const json_t *run, const json_t *finding)
{
	json_t *object = json_object(), *locations = json_array(), *flows = json_array(), *bag = json_object();
	char *rule = rule_of(run, finding);
	long order = 1;

	json_object_set_new(object, "ruleId", json_string(rule));
	json_object_set_new(object, "level", json_string("error"));
	json_object_set_new(object, "message",
			    message(*record_text(finding, "words") ? record_text(finding, "words") : rule));
	json_array_append_new(locations, location(record, finding, NULL));
	json_object_set_new(object, "locations", locations);
	add_flows(flows, record, finding, true, &order);
	add_flows(flows, record, finding, false, &order);
	if (json_array_size(flows)) {
		json_t *code = json_object(), *codes = json_array();
		json_object_set(code, "threadFlows", flows);
		json_array_append_new(codes, code);
		json_object_set_new(object, "codeFlows", codes);
	}
	json_object_set(bag, "submission", json_object_get(record, "submission"));
	json_object_set(bag, "exercise", json_object_get(record, "exercise"));
	if (json_is_true(json_object_get(run, "hidden")))
		json_object_set_new(bag, "hidden", json_true());
	json_object_set_new(object, "properties", bag);
	json_decref(flows);
	free(rule);
	return object;
}

static void add_rule(json_t *rules, const json_t *run, const json_t *finding)
{
	char *id = rule_of(run, finding);
	const struct detector *detector = detector_named(record_text(run, "detector"));
	const struct kind *kind = detector ? detector_kind(detector, record_text(finding, "kind")) : NULL;
	size_t index;
	json_t *rule;

	json_array_foreach(rules, index, rule) {
		if (strcmp(record_text(rule, "id"), id) == 0)
			break;
	}
	if (index == json_array_size(rules)) {
		rule = json_object();
		json_object_set_new(rule, "id", json_string(id));
		if (kind && kind->meaning)
			json_object_set_new(rule, "fullDescription", message(kind->meaning));
		if (kind && kind->advice)
			json_object_set_new(rule, "help", message(kind->advice));
		json_array_append_new(rules, rule);
	}
	free(id);
}

/* --- the log --- */

static void put(struct sarif *sarif, const json_t *object)
{
	if (json_dumpf(object, sarif->out, JSON_COMPACT) != 0)
		sarif->failed = true;
}

void sarif_begin(struct sarif *sarif, FILE *out)
{
	*sarif = (struct sarif){.out = out, .rules = json_array()};
	fputs("{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\n"
	      "\"runs\":[{\"results\":[",
	      out);
}

void sarif_add(struct sarif *sarif, const json_t *record)
{
	size_t i, j;
	json_t *run, *finding;

	json_array_foreach(json_object_get(record, "runs"), i, run) {
		json_array_foreach(json_object_get(run, "findings"), j, finding) {
			json_t *object = result(record, run, finding);
			fputs(sarif->count++ ? ",\n" : "\n", sarif->out);
			put(sarif, object);
			json_decref(object);
			add_rule(sarif->rules, run, finding);
		}
	}
}

/* The rules, which are those of the results, stand after them. */
int sarif_end(struct sarif *sarif)
{
	json_t *tool = json_object(), *driver = json_object();

	json_object_set_new(driver, "name", json_string("Loose Threads"));
	json_object_set_new(driver, "version", json_string(LOOSE_VERSION));
	json_object_set_new(driver, "rules", sarif->rules);
	json_object_set_new(tool, "driver", driver);
	fputs("],\n\"tool\":", sarif->out);
	put(sarif, tool);
	fputs("}]}\n", sarif->out);
	json_decref(tool);
	return file_flushed(sarif->out) != 0 || sarif->failed ? -1 : 0;
}

int write_sarif(FILE *out, const json_t *records)
{
	struct sarif sarif;
	size_t index;
	json_t *record;

	sarif_begin(&sarif, out);
	json_array_foreach(records, index, record) {
		sarif_add(&sarif, record);
	}
	return sarif_end(&sarif);
}

/*
 * See record.h. Above 400 lines: what is put into a record, and what of it may be shown, stand together, so that neither
 * is changed alone.
 */
#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/report.h"
#include "verdict/detector.h"

static const char *const names[] = {"passed", "failed", "tampered", "cannot-judge"};

const char *grade_name(enum grade grade)
{
	return names[grade];
}

const char *record_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

enum grade record_grade(const json_t *record)
{
	const char *outcome = record_text(record, "outcome");

	for (int i = GRADE_PASSED; i < GRADE_CANNOT_JUDGE; i++)
		if (strcmp(names[i], outcome) == 0)
			return (enum grade)i;
	return GRADE_CANNOT_JUDGE;
}

/* --- points --- */

const char *points_text(char *buffer, long hundredths)
{
	if (hundredths % 100 == 0)
		snprintf(buffer, POINTS_SIZE, "%ld", hundredths / 100);
	else if (hundredths % 10 == 0)
		snprintf(buffer, POINTS_SIZE, "%ld.%ld", hundredths / 100, hundredths % 100 / 10);
	else
		snprintf(buffer, POINTS_SIZE, "%ld.%02ld", hundredths / 100, hundredths % 100);
	return buffer;
}

static json_t *points_json(long hundredths)
{
	return hundredths % 100 ? json_real((double)hundredths / 100) : json_integer(hundredths / 100);
}

long record_points(const json_t *object, const char *key)
{
	double points = json_number_value(json_object_get(object, key));

	return (long)(points * 100 + 0.5);
}

/* --- words --- */

static char *replaced(const char *text, const char *old, const char *new)
{
	struct text made;
	FILE *out = text_open(&made);
	size_t length = strlen(old);

	for (const char *at; (at = strstr(text, old)); text = at + length) {
		fwrite(text, 1, (size_t)(at - text), out);
		fputs(new, out);
	}
	fputs(text, out);
	return text_close(&made);
}

char *record_words(const struct record_subject *subject, const char *text)
{
	char *root = mem_format("%s/", subject->root), *below = replaced(text, root, "");
	char *place = mem_format("%s/", subject->place);
	char *folder = mem_copy_n(subject->file, (size_t)(strrchr(subject->file, '/') + 1 - subject->file));
	char *words = replaced(below, place, folder);

	if (subject->hidden && subject->hidden->place) {
		char *all = words;
		words = replaced(all, subject->hidden->place, "hidden");
		free(all);
	}
	free(folder);
	free(place);
	free(below);
	free(root);
	return words;
}

static json_t *words_json(const struct record_subject *subject, const char *text)
{
	char *words = text ? record_words(subject, text) : NULL;
	json_t *string = report_json_text(words);

	free(words);
	return string;
}

/* A path of a source: what lies outside of the workbook is the system's, and named by its base name alone. */
static json_t *file_json(const struct record_subject *subject, const char *file)
{
	if (!file)
		return json_null();
	char *words = record_words(subject, file);
	const char *slash = strrchr(words, '/');
	json_t *name = report_json_text(words[0] == '/' && slash ? slash + 1 : words);
	free(words);
	return name;
}

/* --- parts --- */

static json_t *frame_json(const struct record_subject *subject, const struct frame *frame)
{
	json_t *object = json_object();

	json_object_set_new(object, "function", report_json_text(frame->function));
	json_object_set_new(object, "file", file_json(subject, frame->file));
	json_object_set_new(object, "line", json_integer(frame->line));
	json_object_set_new(object, "own", json_boolean(frame->own));
	return object;
}

static json_t *stack_json(const struct record_subject *subject, const struct finding *finding, size_t index)
{
	const struct stack *stack = &finding->stacks[index];
	json_t *object = json_object(), *frames = json_array();

	for (size_t i = 0; i < stack->count; i++)
		json_array_append_new(frames, frame_json(subject, &stack->frames[i]));
	json_object_set_new(object, "role", report_json_text(stack->role));
	json_object_set_new(object, "fault", json_boolean(stack_is_of_fault(finding, index)));
	json_object_set_new(object, "frames", frames);
	return object;
}

static json_t *finding_json(const struct record_subject *subject, const struct finding *finding)
{
	json_t *object = json_object(), *stacks = json_array();

	for (size_t i = 0; i < finding->stack_count; i++)
		json_array_append_new(stacks, stack_json(subject, finding, i));
	json_object_set_new(object, "kind", report_json_text(finding->kind));
	json_object_set_new(object, "function", report_json_text(finding->function));
	json_object_set_new(object, "file", file_json(subject, finding->file));
	json_object_set_new(object, "line", json_integer(finding->line));
	json_object_set_new(object, "words", words_json(subject, finding->words));
	json_object_set_new(object, "stacks", stacks);
	return object;
}

static json_t *run_json(const struct record_subject *subject, const struct result *result)
{
	const struct findings *all = &result->seen.findings;
	json_t *object = json_object(), *findings = json_array();

	for (size_t i = 0; i < all->count; i++)
		json_array_append_new(findings, finding_json(subject, &all->items[i]));
	json_object_set_new(object, "detector", report_json_text(result->detector->name));
	json_object_set_new(object, "observed", report_json_text(observed_name(result->verdict.observed)));
	json_object_set_new(object, "agrees", json_boolean(result->verdict.agrees));
	json_object_set_new(object, "runs", json_integer(result->runs));
	json_object_set_new(object, "fired", json_integer(result->fired));
	json_object_set_new(object, "delays",
			    result->delays && result->runs > 1 ? json_integer((json_int_t)result->delays)
							       : json_null());
	json_object_set_new(object, "why", words_json(subject, result->verdict.why));
	json_object_set_new(object, "said", words_json(subject, result->seen.said));
	json_object_set_new(object, "cpu_ms", json_integer(result->cpu_ms));
	json_object_set_new(object, "wall_ms", json_integer(result->wall_ms));
	json_object_set_new(object, "findings", findings);
	return object;
}

static json_t *judges_json(const struct rubric_item *item)
{
	json_t *judges = json_array();

	for (size_t i = 0; i < item->judge_count; i++) {
		char *judge = mem_format("%s %s", rubric_kind_name(item->judges[i].kind), item->judges[i].name);
		json_array_append_new(judges, report_json_text(judge));
		free(judge);
	}
	return judges;
}

static json_t *item_json(const struct rubric_item *item, long points, bool kept)
{
	json_t *object = json_object();

	json_object_set_new(object, "kind", json_string(rubric_kind_name(item->kind)));
	json_object_set_new(object, "name", report_json_text(item->name));
	json_object_set_new(object, "points", points_json(points));
	json_object_set_new(object, "of", points_json(item->points));
	json_object_set_new(object, "kept", json_boolean(kept));
	if (item->kind == RUBRIC_PROMISE)
		json_object_set_new(object, "judges", judges_json(item));
	json_object_set_new(object, "sentence", report_json_text(item->sentence));
	return object;
}

/* --- the whole --- */

/* Those of a rubric, into `items`; `results` is NULL when nothing was judged. The points that they bring. */
static long add_items(json_t *items, const struct rubric *rubric, const struct results *results,
		      const struct predicted *predicted, bool hidden)
{
	long *points = mem_zeroed(rubric->count + 1, sizeof *points), sum = 0;

	if (results)
		sum = rubric_score(rubric, results, points);
	for (size_t i = 0; i < rubric->count; i++) {
		const struct rubric_item *item = &rubric->items[i];
		bool kept = results && rubric_keeps(item, results);
		if (item->kind == RUBRIC_PREDICTION && predicted->of) {
			points[i] = item->points * predicted->right / predicted->of;
			sum += points[i];
			kept = predicted->right == predicted->of;
		}
		json_t *object = item_json(item, points[i], kept);
		if (hidden)
			json_object_set_new(object, "hidden", json_true());
		json_array_append_new(items, object);
	}
	free(points);
	return sum;
}

static void add_runs(json_t *runs, const struct record_subject *subject, const struct results *results, bool hidden)
{
	for (size_t i = 0; results && i < results->count; i++) {
		json_t *object = run_json(subject, &results->items[i]);
		if (hidden)
			json_object_set_new(object, "hidden", json_true());
		json_array_append_new(runs, object);
	}
}

/* `scored`: what was judged counts. */
static json_t *record(const struct record_subject *subject, enum grade grade, const char *why,
		      const struct results *results, bool scored)
{
	json_t *object = json_object(), *items = json_array(), *runs = json_array();
	const struct rubric *hidden = subject->hidden ? &subject->hidden->rubric : NULL;
	const struct results *more = results ? subject->hidden_results : NULL;
	/* What has no grade has no points; what was predicted counts even where nothing compiles. */
	struct predicted predicted = grade <= GRADE_FAILED ? subject->predicted : (struct predicted){0};
	long sum = add_items(items, subject->rubric, scored ? results : NULL, &predicted, false);
	long of = rubric_total(subject->rubric);

	if (hidden) {
		sum += add_items(items, hidden, scored ? more : NULL, &predicted, true);
		of += rubric_total(hidden);
	}
	add_runs(runs, subject, results, false);
	add_runs(runs, subject, more, true);
	json_object_set_new(object, "schema", json_string("loose-threads/grade/1"));
	json_object_set_new(object, "submission", report_json_text(subject->person));
	json_object_set_new(object, "exercise", report_json_text(subject->pitfall));
	json_object_set_new(object, "file", report_json_text(subject->file));
	json_object_set_new(object, "outcome", json_string(names[grade]));
	json_object_set_new(object, "why", words_json(subject, why));
	json_object_set_new(object, "suspicious", words_json(subject, subject->suspicious));
	json_object_set_new(object, "points", points_json(sum));
	json_object_set_new(object, "of", points_json(of));
	json_object_set_new(object, "toolchain", report_json_toolchain(subject->toolchain));
	json_object_set_new(object, "items", items);
	json_object_set_new(object, "runs", runs);
	return object;
}

/* The first result that this is true of. */
static const struct result *first(const struct results *results, bool (*is)(const struct result *))
{
	for (size_t i = 0; i < results->count; i++)
		if (is(&results->items[i]))
			return &results->items[i];
	return NULL;
}

static bool does_not_compile(const struct result *result)
{
	return result->bad_input;
}

/* The machine or the detector is to blame, or nobody knows who: no grade can be made of it. */
static bool cannot_be_judged(const struct result *result)
{
	return !result->bad_input && result->verdict.observed == OBSERVED_ERROR;
}

static bool is_refused(const struct result *result)
{
	return !result->verdict.agrees;
}

/* No grade, because of this result; NULL: because there is none. */
static json_t *record_of_unjudged(const struct record_subject *subject, const struct results *results,
				  const struct result *unjudged, bool hidden)
{
	char *why = unjudged ? mem_format("%s%s: %s", hidden ? "hidden tests: " : "", unjudged->detector->name,
					  unjudged->verdict.why ? unjudged->verdict.why : "no verdict")
			     : mem_copy("nothing was judged");
	json_t *object = record(subject, GRADE_CANNOT_JUDGE, why, results, false);

	if (hidden)
		json_object_set_new(object, "hidden", json_true());
	if (hidden && unjudged && unjudged->bad_input)
		json_object_set_new(object, "not_built", json_true());
	free(why);
	return object;
}

/* What has compiled with the exercise's own tests and not with hidden ones is nobody's fault that could be told here. */
static bool is_unjudged_of_hidden(const struct result *result)
{
	return result->bad_input || cannot_be_judged(result);
}

json_t *record_of_results(const struct record_subject *subject, const struct results *results)
{
	const struct result *broken = first(results, does_not_compile), *unjudged = first(results, cannot_be_judged);
	const struct results *more = subject->hidden_results;

	if (broken)
		return record(subject, GRADE_FAILED, broken->seen.why, results, false);
	if (unjudged || results->count == 0)
		return record_of_unjudged(subject, results, unjudged, false);
	if (subject->hidden && (!more || first(more, is_unjudged_of_hidden)))
		return record_of_unjudged(subject, results, more ? first(more, is_unjudged_of_hidden) : NULL, true);
	bool passed = !first(results, is_refused) && !(more && first(more, is_refused));
	return record(subject, passed ? GRADE_PASSED : GRADE_FAILED, NULL, results, true);
}

json_t *record_of_taken(const struct record_subject *subject, const struct taken *taken)
{
	static const enum grade grades[] = {[TAKEN] = GRADE_CANNOT_JUDGE,
					    [TAKEN_NOTHING] = GRADE_FAILED,
					    [TAKEN_TAMPERED] = GRADE_TAMPERED,
					    [TAKEN_UNREADABLE] = GRADE_CANNOT_JUDGE};

	return record(subject, grades[taken->how], taken->why, NULL, false);
}

/* --- what is only the instructor's --- */

static bool is_hidden(const json_t *object)
{
	return json_is_true(json_object_get(object, "hidden"));
}

/* Of hidden tests with a sentence, the sentence is all. */
static json_t *shown_item(const json_t *item, const char *sentence)
{
	json_t *object = json_object();

	json_object_set_new(object, "kind", json_string("hidden"));
	json_object_set_new(object, "name", json_string("tests"));
	json_object_set(object, "points", json_object_get(item, "points"));
	json_object_set(object, "of", json_object_get(item, "of"));
	json_object_set(object, "kept", json_object_get(item, "kept"));
	json_object_set_new(object, "sentence", json_string(sentence));
	return object;
}

/* Another one of which nothing is told, to those in *all. */
static void add_untold(json_t **all, const json_t *item)
{
	if (!*all) {
		*all = shown_item(item, "Tests of which nothing is told.");
		return;
	}
	bool kept = json_is_true(json_object_get(*all, "kept")) && json_is_true(json_object_get(item, "kept"));
	json_object_set_new(*all, "points", points_json(record_points(*all, "points") + record_points(item, "points")));
	json_object_set_new(*all, "of", points_json(record_points(*all, "of") + record_points(item, "of")));
	json_object_set_new(*all, "kept", json_boolean(kept));
}

static json_t *shown_items(const json_t *record)
{
	json_t *items = json_array(), *untold = NULL, *item;
	size_t index;

	json_array_foreach(json_object_get(record, "items"), index, item) {
		if (!is_hidden(item))
			json_array_append(items, item);
		else if (*record_text(item, "sentence"))
			json_array_append_new(items, shown_item(item, record_text(item, "sentence")));
		else
			add_untold(&untold, item);
	}
	if (untold)
		json_array_append_new(items, untold);
	return items;
}

json_t *record_shown(const json_t *record)
{
	json_t *shown = json_copy((json_t *)record), *runs = json_array(), *run;
	size_t index;

	if (!shown)
		mem_exhausted();
	json_array_foreach(json_object_get(record, "runs"), index, run) {
		if (!is_hidden(run))
			json_array_append(runs, run);
	}
	json_object_set_new(shown, "items", shown_items(record));
	json_object_set_new(shown, "runs", runs);
	if (is_hidden(record)) {
		json_object_del(shown, "hidden");
		json_object_del(shown, "not_built");
		json_object_set_new(shown, "why", json_string("hidden tests came to no verdict"));
	}
	return shown;
}

char *record_why_in_a_line(const json_t *record)
{
	const char *why = record_text(record, "why");
	size_t first = strcspn(why, "\n");
	const char *second = why + first + (why[first] != '\0');

	return mem_format("%.*s%s%.*s", (int)first, why, why[first] ? " " : "", (int)strcspn(second, "\n"), second);
}

enum record_hidden record_lost_hidden(const json_t *record, char **words)
{
	json_t *object;
	size_t index;

	*words = NULL;
	if (is_hidden(record)) {
		*words = record_why_in_a_line(record);
		return json_is_true(json_object_get(record, "not_built")) ? HIDDEN_WRONG : HIDDEN_UNJUDGED;
	}
	json_array_foreach(json_object_get(record, "items"), index, object) {
		if (!*words && is_hidden(object) && !json_is_true(json_object_get(object, "kept")))
			*words = mem_format("%s %s refuses it", record_text(object, "kind"),
					    record_text(object, "name"));
	}
	json_array_foreach(json_object_get(record, "runs"), index, object) {
		if (!*words && is_hidden(object) && !json_is_true(json_object_get(object, "agrees")))
			*words = mem_format("%s refuses it", record_text(object, "detector"));
	}
	return *words ? HIDDEN_WRONG : HIDDEN_KEPT;
}

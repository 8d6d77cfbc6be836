/* What course servers read. Their documented fields, and no others. See outputs.h. */
#include <stdlib.h>

#include "base/mem.h"
#include "outputs.h"

static bool is_graded(const json_t *record)
{
	enum grade grade = record_grade(record);

	return grade == GRADE_PASSED || grade == GRADE_FAILED;
}

/* The first that has no grade; NULL: all have one. */
static const json_t *ungraded(const json_t *records)
{
	size_t index;
	json_t *record;

	json_array_foreach(records, index, record) {
		if (!is_graded(record))
			return record;
	}
	return NULL;
}

static long sum_of(const json_t *records, const char *key)
{
	size_t index;
	json_t *record;
	long sum = 0;

	json_array_foreach(records, index, record) {
		sum += record_points(record, key);
	}
	return sum;
}

static json_t *number(long hundredths)
{
	return json_real((double)hundredths / 100);
}

/* What is said of all: the outcome of each exercise, a line for each. For the caller to free. */
static char *message_of(const json_t *records)
{
	size_t index;
	json_t *record;
	char *message = mem_copy("");

	json_array_foreach(records, index, record) {
		const char *why = record_text(record, "why");
		char *longer = mem_format(
			"%s%s: %s%s%s%s\n", message, record_text(record, "exercise"), record_text(record, "outcome"),
			is_graded(record) ? "" : ", which is not a grade: a person looks at it", *why ? "; " : "", why);
		free(message);
		message = longer;
	}
	return message;
}

/* Calls `add` for each item of each record with a grade. */
static json_t *tests_of(const json_t *records, json_t *(*make)(const json_t *record, const json_t *item))
{
	json_t *tests = json_array(), *record, *item;
	size_t index, i;

	json_array_foreach(records, index, record) {
		if (is_graded(record))
			json_array_foreach(json_object_get(record, "items"), i, item) {
				json_array_append_new(tests, make(record, item));
			}
	}
	return tests;
}

static char *name_of(const json_t *record, const json_t *item)
{
	return mem_format("%s: %s %s", record_text(record, "exercise"), record_text(item, "kind"),
			  record_text(item, "name"));
}

static json_t *gradescope_test(const json_t *record, const json_t *item)
{
	json_t *test = json_object();
	char *name = name_of(record, item);

	json_object_set_new(test, "name", json_string(name));
	json_object_set_new(test, "score", number(record_points(item, "points")));
	json_object_set_new(test, "max_score", number(record_points(item, "of")));
	json_object_set_new(test, "status",
			    json_string(json_is_true(json_object_get(item, "kept")) ? "passed" : "failed"));
	json_object_set(test, "output", json_object_get(item, "sentence"));
	json_object_set_new(test, "output_format", json_string("text"));
	free(name);
	return test;
}

json_t *gradescope_results(const json_t *records)
{
	json_t *object = json_object();
	char *message = message_of(records);

	/* Gradescope asks for a score; without a grade it has none but this, and the words say so. */
	json_object_set_new(object, "score", number(ungraded(records) ? 0 : sum_of(records, "points")));
	json_object_set_new(object, "output", json_string(message));
	json_object_set_new(object, "output_format", json_string("text"));
	json_object_set_new(object, "visibility", json_string("visible"));
	json_object_set_new(object, "tests", ungraded(records) ? json_array() : tests_of(records, gradescope_test));
	free(message);
	return object;
}

static json_t *prairielearn_test(const json_t *record, const json_t *item)
{
	json_t *test = json_object();
	char *name = name_of(record, item);

	json_object_set_new(test, "name", json_string(name));
	json_object_set(test, "description", json_object_get(item, "sentence"));
	json_object_set_new(test, "points", number(record_points(item, "points")));
	json_object_set_new(test, "max_points", number(record_points(item, "of")));
	free(name);
	return test;
}

json_t *prairielearn_results(const json_t *records)
{
	json_t *object = json_object();
	char *message = message_of(records);
	long of = sum_of(records, "of");
	bool gradable = !ungraded(records) && of;

	json_object_set_new(object, "gradable", json_boolean(gradable));
	json_object_set_new(object, "message", json_string(message));
	if (gradable) {
		json_object_set_new(object, "score", json_real((double)sum_of(records, "points") / (double)of));
		json_object_set_new(object, "tests", tests_of(records, prairielearn_test));
	} else {
		json_t *errors = json_array();
		json_array_append_new(errors, json_string(message));
		json_object_set_new(object, "format_errors", errors);
	}
	free(message);
	return object;
}

/* What the parts of a rubric are worth in results. See rubric.h. */
#include "rubric.h"

#include <string.h>

#include "verdict/detector.h"

long rubric_total(const struct rubric *rubric)
{
	long total = 0;

	for (size_t i = 0; i < rubric->count; i++)
		total += rubric->items[i].points;
	return total;
}

/* Whether the name is one of "this, that". */
static bool is_listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; (at = strstr(at, name)); at += length)
		if ((at == list || at[-1] == ' ') && (at[length] == '\0' || at[length] == ','))
			return true;
	return false;
}

/* A test that was not seen to pass has not passed: where the run came to no good end, nothing is known of the others. */
static bool test_passed(const char *name, const struct result *result)
{
	if (result->verdict.agrees)
		return true;
	return result->verdict.observed == OBSERVED_FAILS && result->seen.fault == FAULT_NONE && result->seen.failed &&
	       !is_listed(result->seen.failed, name);
}

static bool is_content(enum rubric_kind kind, const char *name, const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (kind == RUBRIC_TEST && result->detector->tests)
			return test_passed(name, result);
		if (kind == RUBRIC_DETECTOR && strcmp(result->detector->name, name) == 0)
			return result->verdict.agrees;
	}
	return false;
}

bool rubric_keeps(const struct rubric_item *item, const struct results *results)
{
	if (item->kind != RUBRIC_PROMISE)
		return is_content(item->kind, item->name, results);
	for (size_t i = 0; i < item->judge_count; i++)
		if (!is_content(item->judges[i].kind, item->judges[i].name, results))
			return false;
	return true;
}

/* Said by detectors alone, which are silent about what never ran. */
static bool is_of_detectors(const struct rubric_item *item)
{
	for (size_t i = 0; i < item->judge_count; i++)
		if (item->judges[i].kind == RUBRIC_TEST)
			return false;
	return item->kind != RUBRIC_TEST;
}

bool rubric_asks_for_prediction(const struct rubric *rubric)
{
	for (size_t i = 0; i < rubric->count; i++)
		if (rubric->items[i].kind == RUBRIC_PREDICTION)
			return true;
	return false;
}

long rubric_score(const struct rubric *rubric, const struct results *results, long *points)
{
	long tests = 0, kept = 0, sum = 0;

	for (size_t i = 0; i < rubric->count; i++)
		if (rubric->items[i].kind == RUBRIC_TEST) {
			tests += rubric->items[i].points;
			kept += rubric_keeps(&rubric->items[i], results) ? rubric->items[i].points : 0;
		}
	for (size_t i = 0; i < rubric->count; i++) {
		const struct rubric_item *item = &rubric->items[i];
		points[i] = rubric_keeps(item, results) ? item->points : 0;
		if (is_of_detectors(item) && tests)
			points[i] = points[i] * kept / tests;
		sum += points[i];
	}
	return sum;
}

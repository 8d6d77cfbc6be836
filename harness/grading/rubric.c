#include "rubric.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "verdict/detector.h"

enum { TESTS_SHARE = 60 * RUBRIC_POINT, DETECTORS_SHARE = 40 * RUBRIC_POINT, MOST_POINTS = 100000 };

static void add_item(struct rubric *rubric, struct rubric_item item)
{
	rubric->items = mem_resize(rubric->items, rubric->count + 1, sizeof item);
	rubric->items[rubric->count++] = item;
}

static const struct rubric_item *find_item(const struct rubric *rubric, bool test, const char *name)
{
	for (size_t i = 0; i < rubric->count; i++)
		if (rubric->items[i].test == test && strcmp(rubric->items[i].name, name) == 0)
			return &rubric->items[i];
	return NULL;
}

/* --- the default --- */

/* The name in "Test(suite, name, ...", where a line begins so; NULL: it does not. */
static char *test_name(const char *line)
{
	static const char *const macros[] = {"Test(", "ParameterizedTest("};

	for (size_t i = 0; i < sizeof macros / sizeof *macros; i++) {
		size_t length = strlen(macros[i]);
		if (strncmp(line, macros[i], length) != 0)
			continue;
		const char *last = line + length + strcspn(line + length, ")\n"), *at = line + length, *comma = at;
		/* A parameterised one has its parameter's declaration first, and then the two names. */
		for (int commas = i ? 2 : 1; comma < last && commas; comma++)
			commas -= *comma == ',';
		comma += strspn(comma, " ");
		return mem_copy_n(comma, strcspn(comma, ", )\n"));
	}
	return NULL;
}

static void find_tests(struct rubric *found, const char *tests)
{
	for (const char *line = tests; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
		char *name = test_name(line);
		if (name && !find_item(found, true, name))
			add_item(found, (struct rubric_item){0, true, name, mem_format("The test '%s' passes.", name)});
		else
			free(name);
	}
}

static void find_detectors(struct rubric *found)
{
	for (size_t i = 0; detectors[i]; i++)
		add_item(found, (struct rubric_item){0, false, mem_copy(detectors[i]->name),
						     mem_format("%s reports nothing.", detectors[i]->title
											       ? detectors[i]->title
											       : detectors[i]->name)});
}

/* In whole points, the first ones getting what is left over. */
static void share(struct rubric *rubric, bool test, long hundredths)
{
	long count = 0, all = hundredths / RUBRIC_POINT, given = 0;

	for (size_t i = 0; i < rubric->count; i++)
		count += rubric->items[i].test == test;
	for (size_t i = 0; i < rubric->count; i++)
		if (rubric->items[i].test == test) {
			rubric->items[i].points = (all / count + (given < all % count)) * RUBRIC_POINT;
			given++;
		}
}

/* --- the file --- */

static char *trimmed(const char *start, const char *end)
{
	while (start < end && isspace((unsigned char)*start))
		start++;
	while (end > start && isspace((unsigned char)end[-1]))
		end--;
	return mem_copy_n(start, (size_t)(end - start));
}

/* The three fields of a line, for the caller to free; false: there are not three. */
static bool split(const char *line, const char *end, char *fields[3])
{
	const char *first = memchr(line, '|', (size_t)(end - line));
	const char *second = first ? memchr(first + 1, '|', (size_t)(end - first - 1)) : NULL;

	if (!second)
		return false;
	fields[0] = trimmed(line, first);
	fields[1] = trimmed(first + 1, second);
	fields[2] = trimmed(second + 1, end);
	return true;
}

/* Takes over the sentence when all is well; else what is wrong, for the caller to free. */
static char *take_fields(struct rubric *rubric, const struct rubric *known, char *fields[3])
{
	char *end;
	long points = strtol(fields[0], &end, 10);
	bool test = strncmp(fields[1], "test ", 5) == 0;
	const char *name = test ? fields[1] + 5 : strncmp(fields[1], "detector ", 9) == 0 ? fields[1] + 9 : NULL;

	if (!*fields[0] || *end || points < 1 || points > MOST_POINTS)
		return mem_format("points are a whole number from 1 to %d, not '%s'", MOST_POINTS, fields[0]);
	if (!name)
		return mem_format("'%s' is neither 'test NAME' nor 'detector NAME'", fields[1]);
	if (!find_item(known, test, name))
		return mem_format("there is no %s '%s'", test ? "test" : "detector", name);
	if (find_item(rubric, test, name))
		return mem_format("'%s' is there twice", fields[1]);
	if (!*fields[2])
		return mem_format("'%s' has no sentence for the learner", fields[1]);
	add_item(rubric, (struct rubric_item){points * RUBRIC_POINT, test, mem_copy(name), fields[2]});
	fields[2] = NULL;
	return NULL;
}

static char *read_line(struct rubric *rubric, const struct rubric *known, const char *line, const char *end)
{
	char *fields[3], *problem;

	if (!split(line, end, fields))
		return mem_copy("a line is 'POINTS | test NAME | sentence', or 'detector' in place of 'test'");
	problem = take_fields(rubric, known, fields);
	for (int i = 0; i < 3; i++)
		free(fields[i]);
	return problem;
}

static int read_lines(struct rubric *rubric, const struct rubric *known, const char *path, const char *text,
		      char **error)
{
	int number = 1;

	for (const char *line = text, *end; *line; line = end + (*end == '\n'), number++) {
		end = line + strcspn(line, "\n");
		size_t blanks = strspn(line, " \t\r");
		if (line + blanks >= end || line[blanks] == '#')
			continue;
		char *problem = read_line(rubric, known, line, end);
		if (problem) {
			*error = mem_format("%s:%d: %s", path, number, problem);
			free(problem);
			return -1;
		}
	}
	if (rubric->count == 0)
		*error = mem_format("%s: it gives no points for anything", path);
	return rubric->count ? 0 : -1;
}

int rubric_read(struct rubric *rubric, const char *path, const char *text, const char *tests, char **error)
{
	struct rubric known = {0};

	*error = NULL;
	*rubric = (struct rubric){0};
	find_tests(&known, tests);
	find_detectors(&known);
	if (!text) {
		share(&known, true, TESTS_SHARE);
		share(&known, false, DETECTORS_SHARE);
		*rubric = known;
		return 0;
	}
	int status = read_lines(rubric, &known, path, text, error);
	rubric_release(&known);
	if (status)
		rubric_release(rubric);
	return status;
}

int rubric_load(struct rubric *rubric, const char *root, const char *pitfall, char **error)
{
	char *path = mem_format("%s/exercises/%s/rubric", root, pitfall), *text = file_read(path);
	char *test_path = mem_format("%s/exercises/%s/test.c", root, pitfall), *tests = file_read(test_path);
	int status = rubric_read(rubric, path + strlen(root) + 1, text, tests ? tests : "", error);

	free(path);
	free(text);
	free(test_path);
	free(tests);
	return status;
}

void rubric_release(struct rubric *rubric)
{
	for (size_t i = 0; i < rubric->count; i++) {
		free(rubric->items[i].name);
		free(rubric->items[i].sentence);
	}
	free(rubric->items);
	*rubric = (struct rubric){0};
}

/* --- scores --- */

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

bool rubric_keeps(const struct rubric_item *item, const struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		const struct result *result = &results->items[i];
		if (item->test && result->detector->tests)
			return test_passed(item->name, result);
		if (!item->test && strcmp(result->detector->name, item->name) == 0)
			return result->verdict.agrees;
	}
	return false;
}

long rubric_score(const struct rubric *rubric, const struct results *results, long *points)
{
	long tests = 0, kept = 0, sum = 0;

	for (size_t i = 0; i < rubric->count; i++)
		if (rubric->items[i].test) {
			tests += rubric->items[i].points;
			kept += rubric_keeps(&rubric->items[i], results) ? rubric->items[i].points : 0;
		}
	for (size_t i = 0; i < rubric->count; i++) {
		const struct rubric_item *item = &rubric->items[i];
		points[i] = rubric_keeps(item, results) ? item->points : 0;
		if (!item->test && tests)
			points[i] = points[i] * kept / tests;
		sum += points[i];
	}
	return sum;
}

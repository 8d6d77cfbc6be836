/* See rubric.h. Above 400 lines: what a rubric may say, what it is where it says nothing, and how it is written stand together. */
#include "rubric.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "verdict/detector.h"

enum {
	TESTS_SHARE = 60 * RUBRIC_POINT,
	DETECTORS_SHARE = 40 * RUBRIC_POINT,
	HIDDEN_SHARE = 40 * RUBRIC_POINT,
	MOST_POINTS = 100000
};

static void add_item(struct rubric *rubric, struct rubric_item item)
{
	rubric->items = mem_resize(rubric->items, rubric->count + 1, sizeof item);
	rubric->items[rubric->count++] = item;
}

const char *rubric_kind_name(enum rubric_kind kind)
{
	static const char *const names[] = {"test", "promise", "detector", "prediction"};

	return names[kind];
}

static const struct rubric_item *find_item(const struct rubric *rubric, enum rubric_kind kind, const char *name)
{
	for (size_t i = 0; i < rubric->count; i++)
		if (rubric->items[i].kind == kind && strcmp(rubric->items[i].name, name) == 0)
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
		if (name && !find_item(found, RUBRIC_TEST, name))
			add_item(found, (struct rubric_item){.kind = RUBRIC_TEST,
							     .name = name,
							     .sentence = mem_format("The test '%s' passes.", name)});
		else
			free(name);
	}
}

/* A submission declares none of the optional ones. */
static void find_detectors(struct rubric *found)
{
	for (size_t i = 0; detectors[i]; i++)
		if (!detectors[i]->optional)
			add_item(found, (struct rubric_item){.kind = RUBRIC_DETECTOR,
							     .name = mem_copy(detectors[i]->name),
							     .sentence = mem_format("%s reports nothing.",
										    detectors[i]->title
											    ? detectors[i]->title
											    : detectors[i]->name)});
}

/* In whole points, the first ones getting what is left over. */
static void share(struct rubric *rubric, enum rubric_kind kind, long hundredths)
{
	long count = 0, all = hundredths / RUBRIC_POINT, given = 0;

	for (size_t i = 0; i < rubric->count; i++)
		count += rubric->items[i].kind == kind;
	for (size_t i = 0; i < rubric->count; i++)
		if (rubric->items[i].kind == kind) {
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

/* What a line may name. */
struct known {
	struct rubric parts; /* the exercise's tests, and the detectors */
	char *header;	     /* its words, with one space between two */
	bool hidden;	     /* tests that a learner is not told of, but by a sentence */
};

/* Without the stars of comments; any run of blanks is one space. For the caller to free. */
static char *words_of(const char *text)
{
	char *words = mem_zeroed(strlen(text) + 2, 1);
	size_t length = 0;

	for (const char *at = text; *at; at++) {
		bool star = *at == '*' && (at == text || at[-1] == ' ' || at[-1] == '\t' || at[-1] == '/');
		if (!isspace((unsigned char)*at) && !star)
			words[length++] = *at;
		else if (length && words[length - 1] != ' ')
			words[length++] = ' ';
	}
	while (length && words[length - 1] == ' ')
		words[--length] = '\0';
	return words;
}

/* "test NAME" or "detector NAME" of those that there are, into *judge; else what is wrong, for the caller to free. */
static char *find_judge(const struct rubric *parts, const char *text, struct rubric_judge *judge)
{
	static const enum rubric_kind kinds[] = {RUBRIC_TEST, RUBRIC_DETECTOR};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const char *word = rubric_kind_name(kinds[i]);
		size_t length = strlen(word);
		if (strncmp(text, word, length) != 0 || text[length] != ' ')
			continue;
		const char *name = text + length + strspn(text + length, " ");
		if (!find_item(parts, kinds[i], name))
			return mem_format("there is no %s '%s'", word, name);
		*judge = (struct rubric_judge){kinds[i], mem_copy(name)};
		return NULL;
	}
	return mem_format("'%s' is neither 'test NAME' nor 'detector NAME', nor 'promise' and some of these", text);
}

static void release_item(struct rubric_item *item)
{
	for (size_t i = 0; i < item->judge_count; i++)
		free(item->judges[i].name);
	free(item->judges);
	free(item->name);
	free(item->sentence);
}

/* The judges of a promise: "test a, detector b". */
static char *take_judges(struct rubric_item *item, const struct rubric *parts, const char *list)
{
	for (const char *at = list, *end; *at; at = end + (*end == ',')) {
		struct rubric_judge judge;
		end = at + strcspn(at, ",");
		char *one = trimmed(at, end), *problem = find_judge(parts, one, &judge);
		free(one);
		if (problem)
			return problem;
		item->judges = mem_resize(item->judges, item->judge_count + 1, sizeof judge);
		item->judges[item->judge_count++] = judge;
	}
	return item->judge_count ? NULL : mem_copy("a promise names the tests and detectors that judge it");
}

static char *take_promise(struct rubric_item *item, const struct known *known, const char *list, const char *sentence)
{
	char *words = words_of(sentence);
	bool made = strstr(known->header, words);

	item->kind = RUBRIC_PROMISE;
	item->name = mem_copy(sentence);
	free(words);
	if (!made)
		return mem_format("the header does not say '%s'; take the promise word by word", sentence);
	return take_judges(item, &known->parts, list);
}

/* Fills the item, also when something is wrong: that, for the caller to free. */
static char *take_fields(struct rubric_item *item, const struct known *known, char *fields[3])
{
	char *end, *problem;
	long points = strtol(fields[0], &end, 10);
	struct rubric_judge judge;

	if (!*fields[0] || *end || points < 1 || points > MOST_POINTS)
		return mem_format("points are a whole number from 1 to %d, not '%s'", MOST_POINTS, fields[0]);
	if (!*fields[2] && (!known->hidden || strncmp(fields[1], "promise ", 8) == 0))
		return mem_format("'%s' has no sentence for the learner", fields[1]);
	item->points = points * RUBRIC_POINT;
	item->sentence = mem_copy(fields[2]);
	if (strncmp(fields[1], "promise ", 8) == 0)
		return take_promise(item, known, fields[1] + 8, fields[2]);
	if (strcmp(fields[1], "prediction") == 0 && !known->hidden) {
		item->kind = RUBRIC_PREDICTION;
		item->name = mem_copy("of the chapter's program");
		return NULL;
	}
	problem = find_judge(&known->parts, fields[1], &judge);
	if (!problem) {
		item->kind = judge.kind;
		item->name = judge.name;
	}
	return problem;
}

static char *read_line(struct rubric *rubric, const struct known *known, const char *line, const char *end)
{
	struct rubric_item item = {0};
	char *fields[3], *problem;

	if (!split(line, end, fields))
		return mem_copy(
			"a line is 'POINTS | test NAME | sentence', or 'detector' or 'promise' in place of 'test'");
	problem = take_fields(&item, known, fields);
	if (!problem && find_item(rubric, item.kind, item.name))
		problem = mem_format("'%s' is there twice", item.kind == RUBRIC_PROMISE ? item.name : fields[1]);
	if (problem)
		release_item(&item);
	else
		add_item(rubric, item);
	for (int i = 0; i < 3; i++)
		free(fields[i]);
	return problem;
}

static int read_lines(struct rubric *rubric, const struct known *known, const char *path, const char *text,
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

/* What there is without a file; of hidden tests the sentences are left out. */
static void share_all(struct known *known)
{
	share(&known->parts, RUBRIC_TEST, known->hidden ? HIDDEN_SHARE : TESTS_SHARE);
	if (!known->hidden) {
		share(&known->parts, RUBRIC_DETECTOR, DETECTORS_SHARE);
		return;
	}
	size_t kept = 0;
	for (size_t i = 0; i < known->parts.count; i++) {
		struct rubric_item *item = &known->parts.items[i];
		if (item->kind == RUBRIC_TEST) {
			item->sentence[0] = '\0';
			known->parts.items[kept++] = *item;
		} else {
			release_item(item);
		}
	}
	known->parts.count = kept;
}

/* `known` has the words of the header, and whether the tests are hidden. */
static int read_all(struct rubric *rubric, struct known *known, const char *path, const char *text, const char *tests,
		    char **error)
{
	int status = 0;

	*error = NULL;
	*rubric = (struct rubric){0};
	find_tests(&known->parts, tests);
	if (known->hidden && !known->parts.count) {
		*error = mem_format("%.*s has no test; a line of one begins with 'Test(' or 'ParameterizedTest('",
				    (int)(strrchr(path, '/') - path), path);
		status = -1;
	}
	find_detectors(&known->parts);
	if (text && status == 0) {
		status = read_lines(rubric, known, path, text, error);
	} else if (status == 0) {
		share_all(known);
		*rubric = known->parts;
		known->parts = (struct rubric){0};
	}
	rubric_release(&known->parts);
	free(known->header);
	if (status)
		rubric_release(rubric);
	return status;
}

int rubric_read(struct rubric *rubric, const char *path, const char *text, const char *tests, const char *header,
		char **error)
{
	struct known known = {.header = words_of(header)};

	return read_all(rubric, &known, path, text, tests, error);
}

/* All headers of the exercise, one after the other, for the caller to free. */
static char *read_headers(const char *root, const char *folder)
{
	char **files = files_in(root, folder, "h"), *all = mem_copy("");

	for (char **file = files; *file; file++) {
		char *path = mem_format("%s/%s", root, *file), *text = file_read(path);
		char *longer = mem_format("%s\n%s", all, text ? text : "");
		free(path);
		free(text);
		free(all);
		all = longer;
	}
	files_free(files);
	return all;
}

int rubric_load(struct rubric *rubric, const char *root, const char *pitfall, char **error)
{
	char *folder = mem_format("exercises/%s", pitfall), *headers = read_headers(root, folder);
	char *path = mem_format("%s/%s/rubric", root, folder), *text = file_read(path);
	char *test_path = mem_format("%s/%s/test.c", root, folder), *tests = file_read(test_path);
	int status = rubric_read(rubric, path + strlen(root) + 1, text, tests ? tests : "", headers, error);

	free(folder);
	free(headers);
	free(path);
	free(text);
	free(test_path);
	free(tests);
	return status;
}

int rubric_load_hidden(struct rubric *rubric, const char *root, const char *pitfall, const char *path, const char *text,
		       const char *tests, char **error)
{
	char *folder = mem_format("exercises/%s", pitfall), *headers = read_headers(root, folder);
	struct known known = {.header = words_of(headers), .hidden = true};
	int status = read_all(rubric, &known, path, text, tests, error);

	free(headers);
	free(folder);
	return status;
}

static void write_judges(FILE *out, const struct rubric_item *item)
{
	for (size_t i = 0; i < item->judge_count; i++)
		fprintf(out, "%s%s %s", i ? ", " : "", rubric_kind_name(item->judges[i].kind), item->judges[i].name);
}

void rubric_write(FILE *out, const struct rubric *rubric)
{
	for (size_t i = 0; i < rubric->count; i++) {
		const struct rubric_item *item = &rubric->items[i];
		fprintf(out, "%2ld | %s ", item->points / RUBRIC_POINT, rubric_kind_name(item->kind));
		if (item->kind == RUBRIC_PROMISE)
			write_judges(out, item);
		else if (item->kind != RUBRIC_PREDICTION)
			fputs(item->name, out);
		fprintf(out, " | %s\n", item->sentence);
	}
}

void rubric_release(struct rubric *rubric)
{
	for (size_t i = 0; i < rubric->count; i++)
		release_item(&rubric->items[i]);
	free(rubric->items);
	*rubric = (struct rubric){0};
}

/* The page that a person reads of their submission. See outputs.h. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "outputs.h"
#include "report/report.h"
#include "workbook/catalogue.h"

/* As a block of code, which nothing in it can end. No control character but a tab. */
static void put_block(FILE *out, const char *text)
{
	bool begins = true;

	for (; *text; text++) {
		if (begins && *text != '\n')
			fputs("    ", out);
		begins = *text == '\n';
		putc(((unsigned char)*text < ' ' && *text != '\n' && *text != '\t') || *text == 0x7f ? '?' : *text,
		     out);
	}
	if (!begins)
		putc('\n', out);
}

/*
 * The first promise that does not hold: a sentence of the contract; else the first item that was lost. A prediction is not a
 * promise, and its points cannot be had any more.
 */
static const json_t *first_lost(const json_t *record)
{
	const json_t *first = NULL;
	size_t index;
	json_t *item;

	json_array_foreach(json_object_get(record, "items"), index, item) {
		if (json_is_true(json_object_get(item, "kept")) ||
		    strcmp(record_text(item, "kind"), rubric_kind_name(RUBRIC_PREDICTION)) == 0)
			continue;
		if (strcmp(record_text(item, "kind"), "promise") == 0)
			return item;
		if (!first)
			first = item;
	}
	return first;
}

static void put_head(FILE *out, const struct record_subject *subject, const json_t *record)
{
	char points[POINTS_SIZE], of[POINTS_SIZE];
	enum grade grade = record_grade(record);

	fprintf(out, "# %s: ", subject->pitfall);
	if (grade == GRADE_PASSED || grade == GRADE_FAILED)
		fprintf(out, "%s, %s of %s points\n\n", grade_name(grade),
			points_text(points, record_points(record, "points")),
			points_text(of, record_points(record, "of")));
	else if (grade == GRADE_TAMPERED)
		fputs("tampered\n\nThis is not a grade. What was handed in goes against the rules of the grading; a "
		      "person looks at it.\n\n",
		      out);
	else
		fputs("cannot be judged\n\nThis is not a grade. The grader came to no verdict; a person looks at it.\n\n",
		      out);
}

/* What was judged, in the words of `check`: the verdict in a sentence, then what to look at first. */
static void put_results(FILE *out, const struct record_subject *subject, const struct results *results)
{
	const struct style plain = {.width = 96};
	struct text made;

	report_summary(text_open(&made), plain, subject->root, results, false);
	char *text = text_close(&made), *words = record_words(subject, text);
	put_block(out, words);
	free(words);
	free(text);
}

/* Whether all that the person can see is kept. */
static bool is_only_of_hidden(const json_t *record)
{
	size_t index;
	json_t *object;

	json_array_foreach(json_object_get(record, "runs"), index, object) {
		if (!json_is_true(json_object_get(object, "agrees")))
			return false;
	}
	return record_grade(record) == GRADE_FAILED;
}

/* A cell of a table, which no '|' in it ends. */
static void put_cell(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			putc('\\', out);
		putc(*text, out);
	}
}

/* Of a promise, whose name is its sentence, those who judge it. */
static void put_name(FILE *out, const json_t *item)
{
	const json_t *judges = json_object_get(item, "judges");
	size_t index;
	json_t *judge;

	if (!judges)
		fprintf(out, "%s %s", record_text(item, "kind"), record_text(item, "name"));
	json_array_foreach(judges, index, judge) {
		fprintf(out, "%s%s", index ? ", " : "promise: ", json_string_value(judge));
	}
}

static void put_items(FILE *out, const json_t *record)
{
	char points[POINTS_SIZE], of[POINTS_SIZE];
	size_t index;
	json_t *item;

	fputs("\n## Points\n\n| points | of | what | the contract |\n|---:|---:|---|---|\n", out);
	json_array_foreach(json_object_get(record, "items"), index, item) {
		fprintf(out, "| %s | %s | ", points_text(points, record_points(item, "points")),
			points_text(of, record_points(item, "of")));
		put_name(out, item);
		fputs(" | ", out);
		put_cell(out, record_text(item, "sentence"));
		fputs(" |\n", out);
	}
	fputs("\nA detector's points, and those of a promise that detectors alone judge, are given in the share in "
	      "which the tests have theirs: a detector is silent about what never ran.\n",
	      out);
}

static void put_lost(FILE *out, const json_t *record)
{
	const json_t *lost = first_lost(record);

	if (lost && record_grade(record) == GRADE_FAILED)
		fprintf(out, "This does not hold yet: **%s**\n\n", record_text(lost, "sentence"));
}

char *feedback_page(const struct record_subject *subject, const json_t *record, const struct results *results)
{
	const char *why = record_text(record, "why");
	struct text page;
	FILE *out = text_open(&page);

	put_head(out, subject, record);
	if (*why) {
		put_block(out, why);
	} else {
		put_lost(out, record);
		if (is_only_of_hidden(record))
			fputs("The tests that you have pass, and the detectors say nothing of them. Hidden tests, which ask for "
			      "what the header promises too, do not all hold.\n",
			      out);
		else if (results)
			put_results(out, subject, results);
	}
	if (results && record_grade(record) <= GRADE_FAILED)
		put_items(out, record);
	/* An exercise alone asks for what the whole chapter says. */
	size_t chapter = pitfall_is_alone(subject->root, subject->pitfall) ? strcspn(subject->pitfall, "/")
									   : strlen(subject->pitfall);
	fprintf(out, "\nThe chapter: chapters/%.*s/README.md. The exercise: exercises/%s/README.md.\n", (int)chapter,
		subject->pitfall, subject->pitfall);
	return text_close(&page);
}

/* What an instructor's spreadsheet and continuous integration read. See outputs.h. */
#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "outputs.h"
#include "report/report.h"

/* --- CSV --- */

/* Of one line. A spreadsheet takes what begins like this for a formula; the mark in front says that it is text. */
static void put_field(FILE *out, const char *text)
{
	putc('"', out);
	if (*text && strchr("=+-@\t\r", text[0]))
		putc('\'', out);
	for (size_t i = 0; text[i]; i++) {
		if (text[i] == '"')
			putc('"', out);
		putc((unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : text[i], out);
	}
	putc('"', out);
}

static bool is_graded(const json_t *record)
{
	enum grade grade = record_grade(record);

	return grade == GRADE_PASSED || grade == GRADE_FAILED;
}

void grades_begin(FILE *out)
{
	fputs("submission,exercise,outcome,points,of,why,suspicious\r\n", out);
}

void grades_add(FILE *out, const json_t *record)
{
	char buffer[POINTS_SIZE];
	char *why = record_why_in_a_line(record);

	put_field(out, record_text(record, "submission"));
	putc(',', out);
	put_field(out, record_text(record, "exercise"));
	fprintf(out, ",%s,", record_text(record, "outcome"));
	if (is_graded(record))
		fputs(points_text(buffer, record_points(record, "points")), out);
	fprintf(out, ",%s,", points_text(buffer, record_points(record, "of")));
	put_field(out, why);
	putc(',', out);
	put_field(out, record_text(record, "suspicious"));
	fputs("\r\n", out);
	free(why);
}

int write_grades(FILE *out, const json_t *records)
{
	size_t index;
	json_t *record;

	grades_begin(out);
	json_array_foreach(records, index, record) {
		grades_add(out, record);
	}
	return file_flushed(out);
}

/* "test", or "hidden test". For the caller to free. */
static char *kind_of(const json_t *item)
{
	return mem_format("%s%s", json_is_true(json_object_get(item, "hidden")) ? "hidden " : "",
			  record_text(item, "kind"));
}

/* --- items --- */

/* Counts in `tally`, an array of {exercise, kind, name, refused, of}. */
static void count(json_t *tally, const char *exercise, const char *kind, const char *name, bool refused)
{
	size_t index;
	json_t *item;

	json_array_foreach(tally, index, item) {
		if (strcmp(record_text(item, "exercise"), exercise) == 0 &&
		    strcmp(record_text(item, "kind"), kind) == 0 && strcmp(record_text(item, "name"), name) == 0)
			break;
	}
	if (index == json_array_size(tally)) {
		item = json_object();
		json_object_set_new(item, "exercise", json_string(exercise));
		json_object_set_new(item, "kind", json_string(kind));
		json_object_set_new(item, "name", json_string(name));
		json_array_append_new(tally, item);
	}
	json_object_set_new(item, "refused",
			    json_integer(json_integer_value(json_object_get(item, "refused")) + refused));
	json_object_set_new(item, "of", json_integer(json_integer_value(json_object_get(item, "of")) + 1));
}

void items_add(json_t *tally, const json_t *record)
{
	const char *exercise = record_text(record, "exercise");
	size_t index;
	json_t *item;

	/* What never ran was refused by none of them: it says why instead. */
	if (is_graded(record) && !*record_text(record, "why"))
		json_array_foreach(json_object_get(record, "items"), index, item) {
			char *kind = kind_of(item);
			count(tally, exercise, kind, record_text(item, "name"),
			      !json_is_true(json_object_get(item, "kept")));
			free(kind);
		}
	for (enum grade grade = GRADE_PASSED; grade <= GRADE_CANNOT_JUDGE; grade++)
		count(tally, exercise, "outcome", grade_name(grade), record_grade(record) == grade);
}

int items_end(FILE *out, const json_t *tally)
{
	size_t index;
	json_t *item;

	fputs("exercise,kind,name,count,of\r\n", out);
	json_array_foreach(tally, index, item) {
		put_field(out, record_text(item, "exercise"));
		fprintf(out, ",%s,", record_text(item, "kind"));
		put_field(out, record_text(item, "name"));
		fprintf(out, ",%d,%d\r\n", (int)json_integer_value(json_object_get(item, "refused")),
			(int)json_integer_value(json_object_get(item, "of")));
	}
	return file_flushed(out);
}

int write_items(FILE *out, const json_t *records)
{
	json_t *tally = json_array(), *record;
	size_t index;

	json_array_foreach(records, index, record) {
		items_add(tally, record);
	}
	int status = items_end(out, tally);
	json_decref(tally);
	return status;
}

/* --- JUnit --- */

static void put_attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	report_xml(out, text);
	putc('"', out);
}

static void put_case(FILE *out, const json_t *record, const json_t *item)
{
	fputs("  <testcase", out);
	put_attribute(out, "classname", record_text(record, "exercise"));
	char *kind = kind_of(item), *name = mem_format("%s %s", kind, record_text(item, "name"));
	put_attribute(out, "name", name);
	free(name);
	free(kind);
	if (is_graded(record) && json_is_true(json_object_get(item, "kept"))) {
		fputs("/>\n", out);
		return;
	}
	fprintf(out, ">\n   <%s", is_graded(record) ? "failure" : "error");
	put_attribute(out, "type", record_text(record, "outcome"));
	char *why = record_why_in_a_line(record);
	put_attribute(out, "message", *why ? why : record_text(item, "sentence"));
	free(why);
	fputs("/>\n  </testcase>\n", out);
}

void junit_begin(FILE *out)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
}

void junit_add(FILE *out, const json_t *record)
{
	const json_t *items = json_object_get(record, "items");
	size_t index, kept = 0, all = json_array_size(items);
	json_t *item;

	json_array_foreach(items, index, item) {
		kept += json_is_true(json_object_get(item, "kept"));
	}
	fputs(" <testsuite", out);
	char *name = mem_format("%s %s", record_text(record, "submission"), record_text(record, "exercise"));
	put_attribute(out, "name", name);
	free(name);
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", all, is_graded(record) ? all - kept : 0,
		is_graded(record) ? 0 : all);
	json_array_foreach(items, index, item) {
		put_case(out, record, item);
	}
	fputs(" </testsuite>\n", out);
}

int junit_end(FILE *out)
{
	fputs("</testsuites>\n", out);
	return file_flushed(out);
}

int write_junit(FILE *out, const json_t *records)
{
	size_t index;
	json_t *record;

	junit_begin(out);
	json_array_foreach(records, index, record) {
		junit_add(out, record);
	}
	return junit_end(out);
}

#include "grades.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "command.h"
#include "grading/outputs.h"
#include "report/report.h"

/* --- of the class --- */

enum { GRADES, ITEMS, JUNIT, SARIF, CLASS_FILES };

static const char *const names[] = {"grades.csv", "items.csv", "junit.xml", "results.sarif"};

/* The files of the class, all open at a time. */
struct class
{
	struct output files[CLASS_FILES];
	char *paths[CLASS_FILES];
	json_t *tally;
	struct sarif sarif;
	struct grades_counts *counts;
	int open; /* of the files */
};

static int class_begin(struct class *class, const char *out)
{
	for (; class->open < CLASS_FILES; class->open++) {
		int i = class->open;
		class->paths[i] = mem_format("%s/%s", out, names[i]);
		int status = output_open(&class->files[i], class->paths[i]);
		if (status)
			return status;
	}
	class->tally = json_array();
	grades_begin(class->files[GRADES].file);
	junit_begin(class->files[JUNIT].file);
	sarif_begin(&class->sarif, class->files[SARIF].file);
	return 0;
}

static void class_add(struct class *class, const json_t *record)
{
	class->counts->outcomes[record_grade(record)]++;
	class->counts->suspicious += *record_text(record, "suspicious") != '\0';
	grades_add(class->files[GRADES].file, record);
	items_add(class->tally, record);
	junit_add(class->files[JUNIT].file, record);
	sarif_add(&class->sarif, record);
}

/* When something went wrong the files stay as they were before. */
static int class_end(struct class *class, int status)
{
	if (class->tally) {
		items_end(class->files[ITEMS].file, class->tally);
		junit_end(class->files[JUNIT].file);
		sarif_end(&class->sarif);
		json_decref(class->tally);
	}
	for (int i = 0; i < class->open; i++) {
		if (status == 0)
			status = output_close(&class->files[i]);
		else
			output_discard(&class->files[i]);
	}
	for (int i = 0; i < CLASS_FILES; i++)
		free(class->paths[i]);
	return status;
}

/* --- of a person --- */

/* The path of a person's file, in folders that are made. `whose` has a folder for each. For the caller to free. */
static char *place_of(const struct grades *grades, const char *whose, const char *person, const char *name)
{
	char *folder = mem_format("%s/%s", grades->out, whose), *own = mem_format("%s/%s", folder, person);
	char *path = mem_format("%s/%s", own, name);

	mkdir(folder, 0777);
	mkdir(own, 0777);
	free(own);
	free(folder);
	return path;
}

static char *place(const struct grades *grades, const char *person, const char *name)
{
	return place_of(grades, "submissions", person, name);
}

/* Takes the path over. */
static int write_file(char *path, int (*write)(FILE *out, const json_t *what), const json_t *what)
{
	struct output output = {0};
	int status = output_open(&output, path);

	if (status == 0) {
		write(output.file, what);
		status = output_close(&output);
	}
	free(path);
	return status;
}

static int put_text(FILE *out, const json_t *what)
{
	return fputs(json_string_value(what), out) < 0 ? -1 : 0;
}

/* "02-ownership.implicit-contract.json" */
static char *file_name(const char *pitfall, const char *ending)
{
	char *name = mem_format("%s.%s", pitfall, ending);

	for (char *slash = name; (slash = strchr(slash, '/'));)
		*slash = '.';
	return name;
}

/* What is only the instructor's, where hidden tests make it differ from what may be shown. */
static int write_hidden(const struct grades *grades, const char *person, const char *pitfall, const json_t *record)
{
	char *name = file_name(pitfall, "json");
	int status = write_file(place_of(grades, "hidden", person, name), report_json_write, record);

	free(name);
	return status;
}

static int write_record(const struct grades *grades, const char *person, const char *pitfall, const json_t *record,
			const json_t *shown, const char *feedback)
{
	char *json_name = file_name(pitfall, "json"), *page_name = file_name(pitfall, "md");
	json_t *page = json_string(feedback);
	int status = write_file(place(grades, person, json_name), report_json_write, shown);

	if (status == 0)
		status = write_file(place(grades, person, page_name), put_text, page);
	if (status == 0 && !json_equal(record, shown))
		status = write_hidden(grades, person, pitfall, record);
	json_decref(page);
	free(json_name);
	free(page_name);
	return status;
}

/* All that is known of the person, who may hand in several exercises; the records go to the class too. */
static int write_person(const struct grades *grades, const char *person, struct class *class)
{
	json_t *own = json_array();
	int status = 0;

	for (size_t i = 0; i < grades->count && status == 0; i++) {
		const char *pitfall = grades->starters[i]->pitfall;
		char *text, *feedback;
		if (!state_recall(grades->state, pitfall, person, &text, &feedback))
			continue;
		json_t *record = json_loads(text, 0, NULL), *shown = record_shown(record);
		status = write_record(grades, person, pitfall, record, shown, feedback);
		class_add(class, record);
		json_decref(record);
		json_array_append_new(own, shown);
		free(text);
		free(feedback);
	}
	json_t *gradescope = gradescope_results(own), *prairielearn = prairielearn_results(own);
	if (status == 0)
		status = write_file(place(grades, person, "gradescope.json"), report_json_write, gradescope);
	if (status == 0)
		status = write_file(place(grades, person, "prairielearn.json"), report_json_write, prairielearn);
	json_decref(gradescope);
	json_decref(prairielearn);
	json_decref(own);
	return status;
}

int grades_write(const struct grades *grades, struct grades_counts *counts)
{
	struct class class = {.counts = counts};
	int status = class_begin(&class, grades->out);

	*counts = (struct grades_counts){0};
	for (size_t i = 0; i < grades->all->count && status == 0; i++)
		status = write_person(grades, grades->all->items[i].person, &class);
	return class_end(&class, status);
}

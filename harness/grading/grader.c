#include "grader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/version.h"
#include "exec/build.h"
#include "exec/leftovers.h"
#include "exec/runner.h"
#include "exec/sandbox.h"
#include "gate.h"
#include "judge/submission.h"
#include "outputs.h"
#include "record.h"
#include "verdict/detector.h"

/* So many are built by one make, and stand in memory at a time. */
enum { BATCH = 8 };

/* A judging has one sandbox, and so one submission. */
static size_t batch_size(const struct grader *grader)
{
	return grader->sandboxed ? 1 : BATCH;
}

/* A submission of an exercise on its way to a record. */
struct entry {
	struct grader *grader;
	size_t exercise;
	const char *person;
	char *given;
	char *suspicious;   /* of the gate; NULL: nothing */
	char *place, *path; /* relative to the root: its folder and its file */
	struct submission submission;
	size_t first, left; /* of its tasks in the batch; those that have no result yet */
	struct results results;
	bool kept;
};

struct batch {
	struct grader *grader;
	struct entry entries[BATCH];
	size_t count;
	struct tasks tasks;
	char *error; /* the first thing that could not be kept */
	struct gate *gate;
	size_t gate_of; /* which exercise */
};

const char *grader_file(const struct program *starter)
{
	return starter->path + strlen("exercises/");
}

/* --- what a grade rests on --- */

static char *given_of(const struct grader *grader, size_t exercise, const struct taken *taken)
{
	const struct toolchain *tools = &grader->workbook->toolchain;
	const struct rubric *rubric = &grader->rubrics[exercise];
	struct text given;
	FILE *out = text_open(&given);

	fprintf(out, "%s\n%s\n%s\n%s\n%u\n", LOOSE_VERSION, tools->clang, tools->valgrind, tools->glibc,
		grader->race_repeat);
	for (size_t i = 0; i < rubric->count; i++)
		fprintf(out, "%ld %d %s %s\n", rubric->items[i].points, rubric->items[i].test, rubric->items[i].name,
			rubric->items[i].sentence);
	fprintf(out, "%d\n%s", (int)taken->how, taken->text ? taken->text : taken->why);
	return text_close(&given);
}

static struct record_subject subject_of(const struct entry *entry)
{
	const struct grader *grader = entry->grader;
	const struct program *starter = grader->starters[entry->exercise];

	return (struct record_subject){.person = entry->person,
				       .pitfall = starter->pitfall,
				       .file = grader_file(starter),
				       .root = grader->workbook->loop.root,
				       .place = entry->place ? entry->place : "build/submissions",
				       .toolchain = &grader->workbook->toolchain,
				       .suspicious = entry->suspicious,
				       .rubric = &grader->rubrics[entry->exercise]};
}

/* Takes the record over. What could not be judged is not kept as known: the machine may be better next time. */
static int keep(const struct entry *entry, json_t *record, const struct results *results, char **error)
{
	struct grader *grader = entry->grader;
	const struct record_subject subject = subject_of(entry);
	bool known = record_grade(record) != GRADE_CANNOT_JUDGE;
	char *page = feedback_page(&subject, record, results), *text = json_dumps(record, JSON_COMPACT);

	if (!text)
		mem_exhausted();
	int status =
		state_keep(grader->state, subject.pitfall, entry->person, known ? entry->given : "", text, page, error);
	free(text);
	free(page);
	json_decref(record);
	if (status == 0 && grader->graded)
		grader->graded(grader->context, entry->person, subject.pitfall, true);
	return status;
}

/* --- a batch --- */

static void batch_release(struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct entry *entry = &batch->entries[i];
		submission_release(&entry->submission);
		free(entry->results.items);
		free(entry->given);
		free(entry->suspicious);
		free(entry->place);
		free(entry->path);
	}
	tasks_release(&batch->tasks);
	gate_free(batch->gate);
	free(batch->error);
	*batch = (struct batch){.grader = batch->grader};
}

/* Makes the folders of the path, relative to the root. */
static int make_folders(const char *root, const char *path)
{
	char *whole = mem_format("%s/%s", root, path);
	int status = 0;

	for (char *slash = whole + strlen(root) + 1; status == 0 && (slash = strchr(slash, '/')); *slash++ = '/') {
		*slash = '\0';
		if (mkdir(whole, 0777) != 0 && errno != EEXIST)
			status = -1;
	}
	free(whole);
	return status;
}

static int write_source(const char *root, const char *path, const char *text, char **error)
{
	char *whole = mem_format("%s/%s", root, path);
	FILE *file = make_folders(root, path) == 0 ? fopen(whole, "we") : NULL;
	bool written = file && fputs(text, file) >= 0;

	if (file && fclose(file) != 0)
		written = false;
	if (!written)
		*error = mem_format("cannot write '%s': %s", whole, strerror(errno));
	free(whole);
	return written ? 0 : -1;
}

/* The detectors of the submission, for the batch; those that look for races more than once. */
static void add_tasks(struct batch *batch, struct entry *entry)
{
	const struct tasks *own = &entry->submission.tasks;

	entry->first = batch->tasks.count;
	entry->left = own->count;
	entry->results.items = mem_zeroed(own->count, sizeof *entry->results.items);
	entry->results.count = own->count;
	for (size_t i = 0; i < own->count; i++) {
		tasks_add(&batch->tasks, &entry->submission.program, own->items[i].detector);
		if (own->items[i].detector->races)
			batch->tasks.items[batch->tasks.count - 1].repeat = batch->grader->race_repeat;
	}
}

/* Takes over what `entry` owns. */
static int batch_add(struct batch *batch, const struct entry *entry, const char *text, char **error)
{
	struct grader *grader = batch->grader;
	const struct program *starter = grader->starters[entry->exercise];
	struct entry *added = &batch->entries[batch->count];

	*added = *entry;
	added->place = mem_format("build/submissions/%s/%zu", starter->pitfall, batch->count++);
	added->path = mem_format("%s%s", added->place, strrchr(starter->path, '/'));
	submission_init(&added->submission, &grader->workbook->catalogue, starter->pitfall, added->path);
	add_tasks(batch, added);
	return write_source(grader->workbook->loop.root, added->path, text, error);
}

static struct entry *entry_of(struct batch *batch, size_t task)
{
	size_t i = batch->count;

	while (i-- > 1 && batch->entries[i].first > task)
		;
	return &batch->entries[i];
}

/* Kept as soon as the last of its results is there. The results live until the judging ends. */
static void on_result(void *context, size_t task, const struct result *result)
{
	struct batch *batch = context;
	struct entry *entry = entry_of(batch, task);
	char *error = NULL;

	entry->results.items[task - entry->first] = *result;
	if (--entry->left || batch->error)
		return;
	const struct record_subject subject = subject_of(entry);
	keep(entry, record_of_results(&subject, &entry->results), &entry->results, &error);
	batch->error = error;
}

/* What an earlier one left, and what this one made: a grade is not to rest on it. */
static void sweep(const struct grader *grader)
{
	static const char *const places[] = {"build/submissions", "build/plain/obj/build/submissions",
					     "build/plain/bin/build/submissions", "build/tsan/obj/build/submissions",
					     "build/tsan/bin/build/submissions"};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		char *path = mem_format("%s/%s", grader->workbook->loop.root, places[i]);
		run_remove(path);
		free(path);
	}
}

/* --- in a sandbox --- */

/* What a judging in a sandbox needs; it lives until that has ended. */
struct walled {
	struct sandbox sandbox;
	struct outside outside;
	char *own, *directory; /* the only place that is written, relative to the root and absolute */
	char *file;	       /* absolute */
	const char *files[2];
	char *variables[4], *folders[3];
};

/* What all submissions of the exercise are linked with is compiled outside of it. */
static int build_parts(struct grader *grader, size_t exercise, char **error)
{
	char *parts = mem_format("parts/%s", grader->starters[exercise]->pitfall);
	int status = build_targets(&grader->workbook->loop, &parts, 1, (int)uv_available_parallelism(), error);

	free(parts);
	return status;
}

static void walled_init(struct walled *walled, const struct batch *batch)
{
	const struct grader *grader = batch->grader;
	const struct entry *entry = &batch->entries[0];
	const char *root = grader->workbook->loop.root, *pitfall = grader->starters[entry->exercise]->pitfall;

	*walled = (struct walled){.own = leftovers_name("own"), .file = mem_format("%s/%s", root, entry->path)};
	walled->directory = mem_format("%s/%s", root, walled->own);
	walled->files[0] = walled->file;
	walled->variables[0] = mem_format("OWN=%s", walled->own);
	walled->variables[1] = mem_format("EXERCISE=%s", pitfall);
	walled->variables[2] = mem_format("FILE=%s", walled->file);
	walled->folders[0] = mem_format("%s/exercises/%s", root, pitfall);
	walled->folders[1] = mem_format("%s/%s", root, entry->place);
	walled->sandbox = (struct sandbox){.root = root, .writable = walled->directory, .files = walled->files};
	walled->outside = (struct outside){.directory = walled->own,
					   .variables = walled->variables,
					   .own = walled->folders,
					   .sandbox = &walled->sandbox};
}

static int walled_make(const struct walled *walled, char **error)
{
	char *runs = mem_copy_n(walled->directory, (size_t)(strrchr(walled->directory, '/') - walled->directory));

	mkdir(runs, 0777);
	free(runs);
	if (mkdir(walled->directory, 0777) == 0 && sandbox_give(walled->directory) == 0)
		return 0;
	*error = mem_format("cannot make '%s': %s", walled->directory, strerror(errno));
	return -1;
}

static void walled_release(struct walled *walled)
{
	if (walled->directory)
		run_remove(walled->directory);
	for (int i = 0; i < 3; i++)
		free(walled->variables[i]);
	for (int i = 0; i < 2; i++)
		free(walled->folders[i]);
	free(walled->own);
	free(walled->directory);
	free(walled->file);
}

static int judge_tasks(struct batch *batch, const struct judging_events *events, struct results *results, char **error)
{
	struct judging_options options = batch->grader->options;
	struct walled walled = {0};
	int status = 0;

	*error = NULL;
	if (batch->grader->sandboxed) {
		walled_init(&walled, batch);
		options.outside = &walled.outside;
		status = walled_make(&walled, error);
	}
	if (status == 0)
		status = judge_all(batch->grader->workbook, &batch->tasks, &options, events, batch, results, error);
	walled_release(&walled);
	return status;
}

static int batch_judge(struct batch *batch, char **error)
{
	static const struct judging_events events = {.result = on_result};
	struct grader *grader = batch->grader;
	struct results results = {0};
	int status = judge_tasks(batch, &events, &results, error);

	results_release(&results);
	if (batch->error && !*error) {
		*error = batch->error;
		batch->error = NULL;
	}
	sweep(grader);
	batch_release(batch);
	return status || *error ? -1 : 0;
}

/* --- the class --- */

/* What the gate refuses is never compiled. What is only suspicious is judged, for a person to look at: the line, or NULL. */
static char *pass_gate(struct batch *batch, size_t exercise, struct taken *taken)
{
	struct grader *grader = batch->grader;
	char *evidence;

	if (!batch->gate || batch->gate_of != exercise) {
		gate_free(batch->gate);
		batch->gate = gate_of(&grader->workbook->catalogue, grader->starters[exercise]->pitfall);
		batch->gate_of = exercise;
	}
	if (taken->how != TAKEN)
		return NULL;
	if (gate_look(batch->gate, taken->text, &evidence) != GATE_TAMPERED)
		return evidence;
	free(taken->text);
	*taken = (struct taken){.how = TAKEN_TAMPERED, .why = evidence};
	return NULL;
}

static int take_one(struct batch *batch, size_t exercise, const struct submissions_entry *from, char **error)
{
	struct grader *grader = batch->grader;
	const char *pitfall = grader->starters[exercise]->pitfall;
	struct taken taken = submission_take(from, grader_file(grader->starters[exercise]));
	char *suspicious = pass_gate(batch, exercise, &taken);
	struct entry entry = {.grader = grader,
			      .exercise = exercise,
			      .person = from->person,
			      .suspicious = suspicious,
			      .given = given_of(grader, exercise, &taken)};
	int status = 0;

	if (state_has(grader->state, pitfall, from->person, entry.given)) {
		if (grader->graded)
			grader->graded(grader->context, from->person, pitfall, false);
		free(entry.given);
		free(suspicious);
	} else if (taken.how == TAKEN) {
		status = batch_add(batch, &entry, taken.text, error);
	} else {
		const struct record_subject subject = subject_of(&entry);
		status = keep(&entry, record_of_taken(&subject, &taken), NULL, error);
		free(entry.given);
	}
	taken_release(&taken);
	return status;
}

static int grade_all(struct grader *grader, char **error)
{
	struct batch batch = {.grader = grader};
	const int *interrupted = &grader->workbook->loop.interrupted;
	int status = 0;

	for (size_t i = 0; i < grader->exercise_count && status == 0 && !*interrupted; i++) {
		if (grader->sandboxed)
			status = build_parts(grader, i, error);
		for (size_t j = 0; j < grader->submissions->count && status == 0 && !*interrupted; j++) {
			status = take_one(&batch, i, &grader->submissions->items[j], error);
			if (status == 0 && batch.count == batch_size(grader))
				status = batch_judge(&batch, error);
		}
	}
	if (batch.count && status == 0 && !*interrupted)
		status = batch_judge(&batch, error);
	batch_release(&batch);
	return status;
}

/* The lock is the kernel's: a grader that was killed holds it no more. -1 after the line. */
static int lock_place(const struct grader *grader, char **error)
{
	char *path = mem_format("%s/build/submissions.lock", grader->workbook->loop.root);
	int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (lock < 0) {
		*error = mem_format("cannot write '%s': %s", path, strerror(errno));
	} else if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
		*error = mem_copy("another grade is at work in this workbook; wait for it");
		close(lock);
		lock = -1;
	}
	free(path);
	return lock;
}

int grader_run(struct grader *grader, char **error)
{
	*error = NULL;
	int lock = lock_place(grader, error);

	if (lock < 0)
		return -1;
	workbook_tools(grader->workbook);
	sweep(grader);
	int status = grade_all(grader, error);
	sweep(grader);
	close(lock);
	return status;
}

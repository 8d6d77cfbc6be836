#include "batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/files.h"
#include "base/mem.h"
#include "exec/leftovers.h"
#include "exec/runner.h"
#include "outputs.h"
#include "verdict/detector.h"
#include "wire/siphash.h"

/*
 * In a class there are programs that compute without end. AFTER_TIMEOUT_MS: what each detector gives such a one. A judging
 * that takes SLOW_MS at least, and so many TIMES what the others took, is of such a one; BESIDE_MS: what it takes beside
 * its runs.
 */
enum { AFTER_TIMEOUT_MS = 30000, SLOW_MS = 45000, TIMES = 3, BESIDE_MS = 15000 };

/* NULL: the exercise has none. */
static const struct hidden *hidden_of(const struct entry *entry)
{
	const struct hidden *hidden = entry->grader->hidden ? &entry->grader->hidden[entry->exercise] : NULL;

	return hidden && hidden->folder ? hidden : NULL;
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
				       .rubric = &grader->rubrics[entry->exercise],
				       .predicted = entry->predicted,
				       .hidden = hidden_of(entry),
				       .hidden_results = entry->hidden.count ? &entry->hidden : NULL};
}

/* What the slowest of them may take yet, if it is slow; else 0. */
static long slow_ms(const struct grading *grading, const struct entry *kept)
{
	long now = clock_now_ms(), most = 0, usual = grading->took ? grading->took_ms / grading->took : 0;

	for (size_t i = 0; i < grading->count; i++) {
		const struct batch *batch = &grading->batches[i];
		long took = now - batch->start_ms;
		bool own = kept >= batch->entries && kept < batch->entries + batch->count;
		if (!batch->judging || own || took < SLOW_MS || took < TIMES * usual)
			continue;
		long left = grading->grader->options.deadline_ms + AFTER_TIMEOUT_MS + BESIDE_MS - took;
		if (left > most)
			most = left;
	}
	return most;
}

/* Takes the record over. What could not be judged is not kept as known: the machine may be better next time. */
static int keep(const struct grading *grading, const struct entry *entry, json_t *record, const struct results *results,
		char **error)
{
	struct grader *grader = entry->grader;
	const struct record_subject subject = subject_of(entry);
	bool known = record_grade(record) != GRADE_CANNOT_JUDGE;
	json_t *shown = record_shown(record);
	char *page = feedback_page(&subject, shown, results), *text = json_dumps(record, JSON_COMPACT);

	json_decref(shown);
	if (!text)
		mem_exhausted();
	int status =
		state_keep(grader->state, subject.pitfall, entry->person, known ? entry->given : "", text, page, error);
	free(text);
	free(page);
	json_decref(record);
	if (status == 0 && grader->graded && *entry->person)
		grader->graded(grader->context, entry->person, subject.pitfall, true, slow_ms(grading, entry));
	return status;
}

int entry_keep_taken(const struct grading *grading, const struct entry *entry, const struct taken *taken, char **error)
{
	const struct record_subject subject = subject_of(entry);

	return keep(grading, entry, record_of_taken(&subject, taken), NULL, error);
}

/* --- in a sandbox --- */

/* The place that its sandbox writes, relative to the root; for the caller to free. */
static char *name_of_own(const struct batch *batch, const char *what)
{
	char name[32];

	snprintf(name, sizeof name, "%s%zu", what, batch->number);
	return leftovers_name(name);
}

/* What is the same whatever is made. */
static void walled_begin(struct walled *walled, const struct batch *batch, const char *what)
{
	const struct grader *grader = batch->grading->grader;
	const struct entry *entry = &batch->entries[0];
	const char *root = grader->workbook->loop.root, *pitfall = grader->starters[entry->exercise]->pitfall;

	*walled = (struct walled){.own = name_of_own(batch, what)};
	walled->directory = mem_format("%s/%s", root, walled->own);
	walled->variables[0] = mem_format("OWN=%s", walled->own);
	walled->variables[1] = mem_format("EXERCISE=%s", pitfall);
	walled->folders[0] = mem_format("%s/exercises/%s", root, pitfall);
	walled->folders[1] = mem_format("%s/%s", root, entry->place);
	walled->sandbox = (struct sandbox){.root = root, .writable = walled->directory, .files = walled->files};
	walled->outside = (struct outside){.directory = walled->own,
					   .variables = walled->variables,
					   .own = walled->folders,
					   .sandbox = &walled->sandbox};
}

/* The submission's file is compiled, and linked with the tests of the exercise. */
static void walled_init(struct walled *walled, const struct batch *batch)
{
	walled_begin(walled, batch, "own");
	walled->paths[0] = mem_format("%s/%s", batch->grading->grader->workbook->loop.root, batch->entries[0].path);
	walled->files[0] = walled->paths[0];
	walled->variables[2] = mem_format("FILE=%s", walled->paths[0]);
}

/* Nothing is compiled: what the first one has made is linked with the hidden tests, and nobody sees both before. */
static void walled_init_hidden(struct walled *walled, const struct batch *batch)
{
	const char *root = batch->grading->grader->workbook->loop.root;
	const struct hidden *hidden = hidden_of(&batch->entries[0]);
	static const char *const flavours[] = {"plain", "tsan"};

	walled_begin(walled, batch, "more");
	for (int i = 0; i < 2; i++) {
		walled->paths[i] = mem_format("%s/%s.o.linked", batch->walled.directory, flavours[i]);
		walled->paths[2 + i] = hidden_object(hidden, root, flavours[i]);
	}
	memcpy(walled->files, walled->paths, sizeof walled->paths);
	walled->variables[2] = mem_format("STUDENT=%s", batch->walled.own);
	walled->variables[3] = mem_format("HIDDEN=%s", hidden->place);
	walled->folders[2] = mem_format("%s/%s", root, hidden->place);
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
	for (int i = 0; i < 4; i++) {
		free(walled->variables[i]);
		free(walled->folders[i]);
		free(walled->paths[i]);
	}
	free(walled->own);
	free(walled->directory);
	*walled = (struct walled){0};
}

/* --- what is made of it --- */

void batch_sweep(const struct grader *grader)
{
	static const char *const places[] = {"build/submissions", "build/plain/obj/build/submissions",
					     "build/plain/bin/build/submissions", "build/tsan/obj/build/submissions",
					     "build/tsan/bin/build/submissions"};

	for (size_t i = 0; i < sizeof places / sizeof *places && !grader->sandboxed; i++) {
		char *path = mem_format("%s/%s", grader->workbook->loop.root, places[i]);
		run_remove(path);
		free(path);
	}
}

void batch_release(struct batch *batch)
{
	struct grader *grader = batch->grading->grader;

	for (size_t i = 0; i < batch->count; i++) {
		struct entry *entry = &batch->entries[i];
		char *place = mem_format("%s/%s", grader->workbook->loop.root, entry->place);
		run_remove(place);
		free(place);
		submission_release(&entry->submission);
		inspection_release(&entry->inspection);
		free(entry->results.items);
		free(entry->hidden.items);
		free(entry->given);
		free(entry->suspicious);
		free(entry->place);
		free(entry->path);
	}
	/* Without a sandbox there is one batch, whose products lie in the workbook's own places. */
	batch_sweep(grader);
	tasks_release(&batch->tasks);
	walled_release(&batch->walled);
	walled_release(&batch->walled_hidden);
	results_release(&batch->shown);
	*batch = (struct batch){.grading = batch->grading, .number = batch->number};
}

static int write_source(const char *root, const char *path, const char *text, char **error)
{
	char *whole = mem_format("%s/%s", root, path);
	FILE *file = file_make_folders(whole) == 0 ? fopen(whole, "we") : NULL;
	bool written = file && fputs(text, file) >= 0;

	if (file && fclose(file) != 0)
		written = false;
	if (!written)
		*error = mem_format("cannot write '%s': %s", whole, strerror(errno));
	free(whole);
	return written ? 0 : -1;
}

/* Of random delays: the same for the same submission each time that it is judged. Never 0. */
static uint64_t seed_of(const struct entry *entry)
{
	static const unsigned char secret[16];

	return (siphash(secret, entry->given, strlen(entry->given)) >> 33) + 1;
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
			batch->tasks.items[batch->tasks.count - 1].repeat = batch->grading->grader->race_repeat;
		if (own->items[i].detector->races)
			batch->tasks.items[batch->tasks.count - 1].delays = seed_of(entry);
	}
}

/* Where what is compiled of it will lie. In a sandbox there is one submission. */
static void inspect(const struct batch *batch, struct entry *entry)
{
	const struct grader *grader = batch->grading->grader;
	static const char *const flavours[] = {"plain", "tsan"};
	const char *root = grader->workbook->loop.root;
	char *own = name_of_own(batch, "own"), *paths[2];

	for (int i = 0; i < 2; i++)
		paths[i] = grader->sandboxed ? mem_format("%s/%s/%s.o", root, own, flavours[i])
					     : mem_format("%s/build/%s/obj/%.*s.o", root, flavours[i],
							  (int)strlen(entry->path) - 2, entry->path);
	free(own);
	inspection_init(&entry->inspection, batch->grading->gates[entry->exercise], paths[0], paths[1]);
}

int batch_add(struct batch *batch, const struct entry *entry, const char *text, char **error)
{
	struct grader *grader = batch->grading->grader;
	const struct program *starter = grader->starters[entry->exercise];
	struct entry *added = &batch->entries[batch->count];

	*added = *entry;
	added->place =
		mem_format("%s/%s/%zu", batch->grading->place, starter->pitfall, batch->number * BATCH + batch->count);
	batch->count++;
	added->path = mem_format("%s%s", added->place, strrchr(starter->path, '/'));
	inspect(batch, added);
	submission_init(&added->submission, &grader->workbook->catalogue, starter->pitfall, added->path);
	add_tasks(batch, added);
	return write_source(grader->workbook->loop.root, added->path, text, error);
}

/* --- judging --- */

static struct entry *entry_of(struct batch *batch, size_t task)
{
	size_t i = batch->count;

	while (i-- > 1 && batch->entries[i].first > task)
		;
	return &batch->entries[i];
}

void grading_note_error(struct grading *grading, char *error)
{
	if (grading->error)
		free(error);
	else
		grading->error = error;
}

static bool on_built(void *context, size_t task, char **why)
{
	struct batch *batch = context;
	struct entry *entry = entry_of(batch, task);

	if (inspection_admits(&entry->inspection, batch->tasks.items[task].detector->flavour))
		return true;
	*why = mem_copy(entry->inspection.evidence);
	return false;
}

/* What the gate has seen in what was compiled comes before what any run has shown. */
static json_t *record_of_entry(struct entry *entry)
{
	struct inspection *inspection = &entry->inspection;

	inspection_finish(inspection);
	if (inspection->answer == GATE_SUSPICIOUS && !entry->suspicious)
		entry->suspicious = mem_copy(inspection->evidence);
	const struct record_subject subject = subject_of(entry);
	if (inspection->answer < GATE_UNKNOWN)
		return record_of_results(&subject, &entry->results);
	const struct taken refused = {.how = inspection->answer == GATE_UNKNOWN ? TAKEN_UNREADABLE : TAKEN_TAMPERED,
				      .why = inspection->evidence};
	return record_of_taken(&subject, &refused);
}

static void keep_results(struct batch *batch, struct entry *entry)
{
	char *error = NULL;
	json_t *record = record_of_entry(entry);
	/* A person is shown no run of what is not a grade. */
	const struct results *shown = entry->inspection.answer < GATE_UNKNOWN ? &entry->results : NULL;

	if (keep(batch->grading, entry, record, shown, &error) != 0)
		grading_note_error(batch->grading, error);
}

/* Kept as soon as the last of its results is there, where no hidden tests follow. The results live until the judging ends. */
static void on_result(void *context, size_t task, const struct result *result)
{
	struct batch *batch = context;
	struct entry *entry = entry_of(batch, task);

	entry->results.items[task - entry->first] = *result;
	if (--entry->left == 0 && !batch->grading->error && !hidden_of(entry))
		keep_results(batch, entry);
}

static void end_batch(struct batch *batch)
{
	batch->judging = NULL;
	batch->over = batch->grading->changed = true;
	batch->grading->took_ms += clock_now_ms() - batch->start_ms;
	batch->grading->took++;
}

/* What they were made of is released outside of the judging. */
static void on_hidden_finished(void *context, struct judging_end *end)
{
	struct batch *batch = context;
	struct entry *entry = &batch->entries[0];

	if (end->error)
		grading_note_error(batch->grading, mem_copy(end->error));
	if (end->how == END_DONE && !batch->grading->error) {
		entry->hidden = end->results;
		keep_results(batch, entry);
		entry->hidden = (struct results){0};
	}
	results_release(&end->results);
	end_batch(batch);
}

/* What runs with hidden tests has been compiled, may run, and can be judged without them. */
static bool may_be_tested_more(struct entry *entry)
{
	inspection_finish(&entry->inspection);
	for (size_t i = 0; i < entry->results.count; i++)
		if (entry->results.items[i].bad_input)
			return false;
	return entry->inspection.answer < GATE_UNKNOWN;
}

/* The same runs once more, with hidden tests. False: there is no place for them, which is noted. */
static bool start_hidden(struct batch *batch)
{
	static const struct judging_events events = {.finished = on_hidden_finished};
	char *error = NULL;

	walled_init_hidden(&batch->walled_hidden, batch);
	if (walled_make(&batch->walled_hidden, &error) != 0) {
		grading_note_error(batch->grading, error);
		return false;
	}
	batch->options.outside = &batch->walled_hidden.outside;
	batch->options.admits = NULL; /* it has been looked at */
	batch->judging =
		judging_start(batch->grading->grader->workbook, &batch->tasks, &batch->options, &events, batch);
	return true;
}

/* With hidden tests the results are needed until those have theirs. */
static void on_finished(void *context, struct judging_end *end)
{
	struct batch *batch = context;
	struct entry *entry = &batch->entries[0];

	if (end->error)
		grading_note_error(batch->grading, mem_copy(end->error));
	batch->shown = end->results;
	if (end->how == END_DONE && !batch->grading->error && hidden_of(entry)) {
		if (may_be_tested_more(entry) && start_hidden(batch))
			return;
		if (!batch->grading->error)
			keep_results(batch, entry);
	}
	end_batch(batch);
}

void batch_start(struct batch *batch)
{
	static const struct judging_events events = {.result = on_result, .finished = on_finished};
	struct grader *grader = batch->grading->grader;
	char *error = NULL;

	batch->start_ms = clock_now_ms();
	batch->options = grader->options;
	batch->options.crew = &batch->grading->crew;
	batch->options.after_timeout_ms = AFTER_TIMEOUT_MS;
	batch->options.admits = on_built;
	batch->options.admits_context = batch;
	if (grader->sandboxed) {
		walled_init(&batch->walled, batch);
		batch->options.outside = &batch->walled.outside;
		if (walled_make(&batch->walled, &error) != 0) {
			grading_note_error(batch->grading, error);
			return;
		}
	}
	batch->judging = judging_start(grader->workbook, &batch->tasks, &batch->options, &events, batch);
}

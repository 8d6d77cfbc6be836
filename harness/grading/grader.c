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
#include "inspection.h"
#include "judge/submission.h"
#include "outputs.h"
#include "record.h"
#include "verdict/detector.h"
#include "wire/siphash.h"

/*
 * BATCH: so many are built by one make. In sandboxes each has a make of its own, and several are under way: while one is
 * compiled, or waits in vain for what a wrong program never does, the others compute. RUNS: of each of these at a time.
 */
enum { BATCH = 8, RUNS = 2 };

/* A submission of an exercise on its way to a record. */
struct entry {
	struct grader *grader;
	size_t exercise;
	const char *person;
	char *given;
	char *suspicious;   /* of the gate; NULL: nothing */
	char *place, *path; /* relative to the root: its folder and its file */
	struct submission submission;
	struct inspection inspection;
	size_t first, left; /* of its tasks in the batch; those that have no result yet */
	struct results results;
	bool kept;
};

/* What a judging in a sandbox needs; it lives until that has ended. */
struct walled {
	struct sandbox sandbox;
	struct outside outside;
	char *own, *directory; /* the only place that is written, relative to the root and absolute */
	char *file;	       /* absolute */
	const char *files[2];
	char *variables[4], *folders[3];
};

/* What one judging judges. */
struct batch {
	struct grading *grading;
	size_t number; /* of it among the batches */
	struct entry entries[BATCH];
	size_t count;
	struct tasks tasks;
	struct judging_options options;
	struct walled walled;
	struct judging *judging; /* NULL: none is under way */
	bool over;		 /* it has ended, and the batch is to be released */
};

struct grading {
	struct grader *grader;
	char *place; /* below which the submissions lie, relative to the root */
	struct batch *batches;
	size_t count, size;  /* of batches; of entries in each, at most */
	int jobs;	     /* of each judging */
	struct gate **gates; /* of each exercise; NULL until it is needed */
	char *error;	     /* the first thing that could not be done */
	bool changed;	     /* a judging has ended */
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
	rubric_write(out, rubric);
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

static void walled_release(struct walled *walled);
static void sweep(const struct grader *grader);

/* Ready for other entries. What it made is taken away: a grade is not to rest on it. */
static void batch_release(struct batch *batch)
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
		free(entry->given);
		free(entry->suspicious);
		free(entry->place);
		free(entry->path);
	}
	/* Without a sandbox there is one batch, whose products lie in the workbook's own places. */
	sweep(grader);
	tasks_release(&batch->tasks);
	walled_release(&batch->walled);
	*batch = (struct batch){.grading = batch->grading, .number = batch->number};
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

/* The place that its sandbox writes, relative to the root; for the caller to free. */
static char *name_of_own(const struct batch *batch)
{
	char name[32];

	snprintf(name, sizeof name, "own%zu", batch->number);
	return leftovers_name(name);
}

/* Where what is compiled of it will lie. In a sandbox there is one submission. */
static void inspect(const struct batch *batch, struct entry *entry)
{
	const struct grader *grader = batch->grading->grader;
	static const char *const flavours[] = {"plain", "tsan"};
	const char *root = grader->workbook->loop.root;
	char *own = name_of_own(batch), *paths[2];

	for (int i = 0; i < 2; i++)
		paths[i] = grader->sandboxed ? mem_format("%s/%s/%s.o", root, own, flavours[i])
					     : mem_format("%s/build/%s/obj/%.*s.o", root, flavours[i],
							  (int)strlen(entry->path) - 2, entry->path);
	free(own);
	inspection_init(&entry->inspection, batch->grading->gates[entry->exercise], paths[0], paths[1]);
}

/* Takes over what `entry` owns. */
static int batch_add(struct batch *batch, const struct entry *entry, const char *text, char **error)
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

static struct entry *entry_of(struct batch *batch, size_t task)
{
	size_t i = batch->count;

	while (i-- > 1 && batch->entries[i].first > task)
		;
	return &batch->entries[i];
}

/* Takes the line over; the first one is told. */
static void note_error(struct grading *grading, char *error)
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

/* Kept as soon as the last of its results is there. The results live until the judging ends. */
static void on_result(void *context, size_t task, const struct result *result)
{
	struct batch *batch = context;
	struct entry *entry = entry_of(batch, task);
	char *error = NULL;

	entry->results.items[task - entry->first] = *result;
	if (--entry->left || batch->grading->error)
		return;
	json_t *record = record_of_entry(entry);
	/* A person is shown no run of what is no grade. */
	const struct results *shown = entry->inspection.answer < GATE_UNKNOWN ? &entry->results : NULL;
	if (keep(entry, record, shown, &error) != 0)
		note_error(batch->grading, error);
}

/* What was made without a sandbox, now or earlier: a grade is not to rest on it. */
static void sweep(const struct grader *grader)
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

/* The folder of all submissions goes once no other grade has its own in it. */
static void remove_place(const struct grading *grading)
{
	const char *root = grading->grader->workbook->loop.root;
	char *own = mem_format("%s/%s", root, grading->place), *all = mem_format("%s/build/submissions", root);

	run_remove(own);
	rmdir(all);
	free(own);
	free(all);
}

/* --- in a sandbox --- */

/* What all submissions of the exercise are linked with is compiled outside of it. */
static int build_parts(struct grader *grader, size_t exercise, char **error)
{
	char *parts = mem_format("parts/%s", grader->starters[exercise]->pitfall);
	int status = build_targets(&grader->workbook->loop, &parts, 1, (int)uv_available_parallelism(), error);

	free(parts);
	return status;
}

int grader_prepare(struct grader *grader, char **error)
{
	int status = 0;

	*error = NULL;
	for (size_t i = 0; i < grader->exercise_count && status == 0; i++)
		status = build_parts(grader, i, error);
	return status;
}

static void walled_init(struct walled *walled, const struct batch *batch)
{
	const struct grader *grader = batch->grading->grader;
	const struct entry *entry = &batch->entries[0];
	const char *root = grader->workbook->loop.root, *pitfall = grader->starters[entry->exercise]->pitfall;

	*walled = (struct walled){.own = name_of_own(batch), .file = mem_format("%s/%s", root, entry->path)};
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
	*walled = (struct walled){0};
}

/* --- judging --- */

/* Its results are not needed any more; what they were made of is released outside of the judging. */
static void on_finished(void *context, struct judging_end *end)
{
	struct batch *batch = context;

	if (end->error)
		note_error(batch->grading, mem_copy(end->error));
	results_release(&end->results);
	batch->judging = NULL;
	batch->over = batch->grading->changed = true;
}

static void batch_start(struct batch *batch)
{
	static const struct judging_events events = {.result = on_result, .finished = on_finished};
	struct grader *grader = batch->grading->grader;
	char *error = NULL;

	batch->options = grader->options;
	batch->options.jobs = batch->grading->jobs;
	batch->options.admits = on_built;
	batch->options.admits_context = batch;
	if (grader->sandboxed) {
		walled_init(&batch->walled, batch);
		batch->options.outside = &batch->walled.outside;
		if (walled_make(&batch->walled, &error) != 0) {
			note_error(batch->grading, error);
			return;
		}
	}
	batch->judging = judging_start(grader->workbook, &batch->tasks, &batch->options, &events, batch);
}

static bool is_ending(const struct grading *grading)
{
	return grading->error || grading->grader->workbook->loop.interrupted;
}

/* Releases what has ended. Whether any is under way. */
static bool collect(struct grading *grading)
{
	bool under_way = false;

	for (size_t i = 0; i < grading->count; i++) {
		struct batch *batch = &grading->batches[i];
		if (batch->over)
			batch_release(batch);
		else if (batch->judging && grading->error)
			judging_stop(batch->judging);
		under_way |= batch->judging != NULL;
	}
	return under_way;
}

/* Until a judging ends; false when none is under way. */
static bool wait_for_one(struct grading *grading)
{
	if (!collect(grading))
		return false;
	grading->changed = false;
	loop_until(&grading->grader->workbook->loop, &grading->changed);
	collect(grading);
	return true;
}

/* One that takes another entry; there always is one once another has ended. */
static struct batch *free_batch(struct grading *grading)
{
	for (;;) {
		for (size_t i = 0; i < grading->count; i++) {
			struct batch *batch = &grading->batches[i];
			if (!batch->judging && !batch->over && batch->count < grading->size)
				return batch;
		}
		wait_for_one(grading);
	}
}

/* --- the class --- */

/* What the gate refuses is never compiled. What is only suspicious is judged, for a person to look at: the line, or NULL. */
static char *pass_gate(struct grading *grading, size_t exercise, struct taken *taken)
{
	struct grader *grader = grading->grader;
	char *evidence;

	if (!grading->gates[exercise])
		grading->gates[exercise] = gate_of(&grader->workbook->catalogue, grader->starters[exercise]->pitfall);
	if (taken->how != TAKEN)
		return NULL;
	enum gate_answer answer = gate_look(grading->gates[exercise], taken->text, &evidence);
	if (answer < GATE_UNKNOWN)
		return evidence;
	free(taken->text);
	*taken = (struct taken){.how = answer == GATE_UNKNOWN ? TAKEN_UNREADABLE : TAKEN_TAMPERED, .why = evidence};
	return NULL;
}

/* Its batch begins to be judged once it is full. */
static int add_entry(struct grading *grading, const struct entry *entry, const char *text, char **error)
{
	struct batch *batch = free_batch(grading);
	int status = batch_add(batch, entry, text, error);

	if (status == 0 && batch->count == grading->size && !is_ending(grading))
		batch_start(batch);
	return status;
}

static void take_one(struct grading *grading, size_t exercise, const struct submissions_entry *from)
{
	struct grader *grader = grading->grader;
	const char *pitfall = grader->starters[exercise]->pitfall;
	struct taken taken = submission_take(from, grader_file(grader->starters[exercise]));
	char *suspicious = pass_gate(grading, exercise, &taken);
	struct entry entry = {.grader = grader,
			      .exercise = exercise,
			      .person = from->person,
			      .suspicious = suspicious,
			      .given = given_of(grader, exercise, &taken)};
	char *error = NULL;
	int status = 0;

	if (state_has(grader->state, pitfall, from->person, entry.given)) {
		if (grader->graded)
			grader->graded(grader->context, from->person, pitfall, false);
		free(entry.given);
		free(suspicious);
	} else if (taken.how == TAKEN) {
		status = add_entry(grading, &entry, taken.text, &error);
	} else {
		const struct record_subject subject = subject_of(&entry);
		status = keep(&entry, record_of_taken(&subject, &taken), NULL, &error);
		free(entry.given);
	}
	taken_release(&taken);
	if (status)
		note_error(grading, error);
}

/* How many judgings at a time, of how many submissions and runs each. */
static void plan(struct grading *grading, struct grader *grader)
{
	int jobs = grader->options.jobs, cores = (int)uv_available_parallelism();

	*grading = (struct grading){.grader = grader, .count = 1, .size = BATCH, .jobs = jobs};
	if (grader->sandboxed) {
		int runs = jobs ? jobs : 2 * RUNS * cores;
		grading->size = 1;
		grading->jobs = runs < RUNS ? runs : RUNS;
		grading->count = (size_t)(runs / grading->jobs);
	}
	/* In the sandbox nothing is built in the workbook, and each grade has a place of its own. */
	char *maker = leftovers_maker();
	grading->place =
		grader->sandboxed ? mem_format("build/submissions/%s.grade", maker) : mem_copy("build/submissions");
	free(maker);
	grading->batches = mem_zeroed(grading->count, sizeof *grading->batches);
	for (size_t i = 0; i < grading->count; i++)
		grading->batches[i] = (struct batch){.grading = grading, .number = i};
}

static void grade_exercise(struct grading *grading, size_t exercise)
{
	const struct submissions *all = grading->grader->submissions;
	char *error = NULL;

	if (grading->grader->sandboxed && build_parts(grading->grader, exercise, &error) != 0)
		note_error(grading, error);
	for (size_t i = 0; i < all->count && !is_ending(grading); i++)
		take_one(grading, exercise, &all->items[i]);
}

static int grade_all(struct grader *grader, char **error)
{
	struct grading grading;

	plan(&grading, grader);
	grading.gates = mem_zeroed(grader->exercise_count + 1, sizeof(struct gate *));
	for (size_t i = 0; i < grader->exercise_count && !is_ending(&grading); i++)
		grade_exercise(&grading, i);
	for (size_t i = 0; i < grading.count && !is_ending(&grading); i++)
		if (grading.batches[i].count && !grading.batches[i].judging && !grading.batches[i].over)
			batch_start(&grading.batches[i]);
	while (wait_for_one(&grading))
		;
	for (size_t i = 0; i < grading.count; i++)
		batch_release(&grading.batches[i]);
	remove_place(&grading);
	for (size_t i = 0; i < grader->exercise_count; i++)
		gate_free(grading.gates[i]);
	free(grading.gates);
	free(grading.place);
	free(grading.batches);
	*error = grading.error;
	return *error ? -1 : 0;
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
	int lock = grader->sandboxed ? -1 : lock_place(grader, error);

	if (*error)
		return -1;
	workbook_tools(grader->workbook);
	leftovers_sweep(grader->workbook->loop.root);
	sweep(grader);
	int status = grade_all(grader, error);
	if (lock >= 0)
		close(lock);
	return status;
}

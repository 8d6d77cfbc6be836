#include "grader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/version.h"
#include "batch.h"
#include "exec/build.h"
#include "exec/leftovers.h"
#include "exec/runner.h"
#include "gate.h"

/* Submissions in sandboxes that are judged at a time, for each core: while the tests of one wait the others compute. */
enum { AT_ONCE = 8 };

const char *grader_file(const struct program *starter)
{
	return starter->path + strlen("exercises/");
}

/* --- what a grade rests on --- */

static char *given_of(const struct grader *grader, size_t exercise, const struct taken *taken,
		      const struct predicted *predicted)
{
	const struct toolchain *tools = &grader->workbook->toolchain;
	const struct rubric *rubric = &grader->rubrics[exercise];
	struct text given;
	FILE *out = text_open(&given);

	fprintf(out, "%s\n%s\n%s\n%s\n%u\n", LOOSE_VERSION, tools->clang, tools->valgrind, tools->glibc,
		grader->race_repeat);
	rubric_write(out, rubric);
	if (grader->hidden && grader->hidden[exercise].folder)
		fprintf(out, "hidden %s\n", grader->hidden[exercise].digest);
	if (predicted->of)
		fprintf(out, "predicted %ld of %ld\n", predicted->right, predicted->of);
	fprintf(out, "%d\n%s", (int)taken->how, taken->text ? taken->text : taken->why);
	return text_close(&given);
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

/* --- what all are linked with --- */

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

/* --- judging --- */

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

/* It reads all right programs of the exercise, so it is made once. */
static void make_gate(struct grading *grading, size_t exercise)
{
	const struct grader *grader = grading->grader;

	if (!grading->gates[exercise])
		grading->gates[exercise] = gate_of(&grader->workbook->catalogue, grader->starters[exercise]->pitfall);
}

/* What the gate refuses is never compiled. What is only suspicious is judged, for a person to look at: the line, or NULL. */
static char *pass_gate(struct grading *grading, size_t exercise, struct taken *taken)
{
	char *evidence;

	make_gate(grading, exercise);
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

/* What stands beside the file, where the rubric has points for it. */
static struct predicted take_prediction(const struct grader *grader, size_t exercise,
					const struct submissions_entry *from)
{
	const char *pitfall = grader->starters[exercise]->pitfall;
	const struct program *broken = catalogue_program(&grader->workbook->catalogue, pitfall, "broken");
	struct predicted predicted = {0};

	if (!broken || !broken->declared || !rubric_asks_for_prediction(&grader->rubrics[exercise]))
		return predicted;
	char *name = mem_format("%s/" PREDICTED_FILE, pitfall);
	struct taken taken = submission_take(from, name, false);
	if (taken.how == TAKEN)
		predicted = predicted_read(taken.text, pitfall, &broken->declaration);
	taken_release(&taken);
	free(name);
	return predicted;
}

/* Whether no other exercise that is graded has a file of this name. */
static bool has_name_alone(const struct grader *grader, size_t exercise)
{
	const char *slash = strrchr(grader->starters[exercise]->path, '/');
	bool alone = true;

	for (size_t i = 0; i < grader->exercise_count; i++) {
		const char *other = strrchr(grader->starters[i]->path, '/');
		alone = alone && (i == exercise || strcmp(other, slash) != 0);
	}
	return alone;
}

static void take_one(struct grading *grading, size_t exercise, const struct submissions_entry *from)
{
	struct grader *grader = grading->grader;
	const char *pitfall = grader->starters[exercise]->pitfall;
	struct taken taken =
		submission_take(from, grader_file(grader->starters[exercise]), has_name_alone(grader, exercise));
	char *suspicious = pass_gate(grading, exercise, &taken);
	struct predicted predicted = take_prediction(grader, exercise, from);
	struct entry entry = {.grader = grader,
			      .exercise = exercise,
			      .person = from->person,
			      .suspicious = suspicious,
			      .predicted = predicted,
			      .given = given_of(grader, exercise, &taken, &predicted)};
	char *error = NULL;
	int status = 0;

	if (state_has(grader->state, pitfall, from->person, entry.given)) {
		if (grader->graded)
			grader->graded(grader->context, from->person, pitfall, false, 0);
		free(entry.given);
		free(suspicious);
	} else if (taken.how == TAKEN) {
		status = add_entry(grading, &entry, taken.text, &error);
	} else {
		status = entry_keep_taken(grading, &entry, &taken, &error);
		free(entry.given);
	}
	taken_release(&taken);
	if (status)
		grading_note_error(grading, error);
}

/* How many judgings at a time, of how many submissions each. */
static void plan(struct grading *grading, struct grader *grader)
{
	int jobs = grader->options.jobs, cores = (int)uv_available_parallelism();

	*grading = (struct grading){.grader = grader, .count = 1, .size = BATCH};
	crew_init(&grading->crew, &grader->workbook->loop, jobs, jobs && jobs < cores ? jobs : cores);
	if (grader->sandboxed) {
		grading->size = 1;
		grading->count = (size_t)(jobs ? jobs : AT_ONCE * cores);
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

/* --- hidden tests --- */

/* What the workbook's own solution shows of hidden tests: a line when they are no good, or cannot be tried. */
static char *complaint_of(struct grader *grader, const struct hidden *hidden)
{
	char *text, *page, *line = NULL;

	if (!state_recall(grader->state, hidden->pitfall, "", &text, &page))
		return NULL;
	json_t *record = json_loads(text, 0, NULL);
	if (record_grade(record) != GRADE_PASSED) {
		char *lost;
		grader->misled = record_lost_hidden(record, &lost) == HIDDEN_WRONG;
		line = lost ? mem_format("%s: %s, of the workbook's own solution; correct it: nothing was graded",
					 hidden->folder, lost)
			    : mem_format(
				      "the workbook's own solution of %s does not pass here (%s); './loose verify %s' "
				      "tells more",
				      hidden->pitfall,
				      *record_text(record, "why") ? record_text(record, "why") : "it fails",
				      hidden->pitfall);
		free(lost);
	}
	json_decref(record);
	free(text);
	free(page);
	return line;
}

static char *solution_text(const struct grader *grader, const char *pitfall)
{
	const struct program *solution = catalogue_program(&grader->workbook->catalogue, pitfall, "solution");
	char *path = solution ? mem_format("%s/%s", grader->workbook->loop.root, solution->path) : NULL;
	char *text = path ? file_read(path) : NULL;

	free(path);
	return text;
}

/* A hidden test that a right program fails is not a test: it is graded first, as nobody's submission. */
static void try_hidden(struct grading *grading, size_t exercise)
{
	struct grader *grader = grading->grader;
	struct hidden *hidden = &grader->hidden[exercise];
	char *error = NULL, *text;

	if (hidden_compile(hidden, &grader->workbook->loop, &error) != 0) {
		grader->misled = !grader->workbook->loop.interrupted;
		grading_note_error(grading, error);
		return;
	}
	if (!(text = solution_text(grader, hidden->pitfall)))
		return;
	struct taken taken = {.how = TAKEN, .text = text};
	struct entry entry = {.grader = grader, .exercise = exercise, .person = ""};
	/* Its source is the workbook's own; only what is compiled of it is looked at. */
	make_gate(grading, exercise);
	entry.given = given_of(grader, exercise, &taken, &entry.predicted);
	if (state_has(grader->state, hidden->pitfall, "", entry.given)) {
		free(entry.given);
	} else {
		struct batch *batch = free_batch(grading);
		if (batch_add(batch, &entry, text, &error) != 0)
			grading_note_error(grading, error);
		else if (!is_ending(grading))
			batch_start(batch);
		while (wait_for_one(grading))
			;
	}
	taken_release(&taken);
	if (!is_ending(grading) && (error = complaint_of(grader, hidden)))
		grading_note_error(grading, error);
}

static void grade_exercise(struct grading *grading, size_t exercise)
{
	const struct submissions *all = grading->grader->submissions;
	char *error = NULL;

	if (grading->grader->sandboxed && build_parts(grading->grader, exercise, &error) != 0)
		grading_note_error(grading, error);
	if (grading->grader->hidden && grading->grader->hidden[exercise].folder && !is_ending(grading))
		try_hidden(grading, exercise);
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
	crew_release(&grading.crew);
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
		*error = errno == EWOULDBLOCK ? mem_copy("another grade is at work in this workbook; wait for it")
					      : mem_format("cannot lock '%s': %s", path, strerror(errno));
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
	batch_sweep(grader);
	int status = grade_all(grader, error);
	if (lock >= 0)
		close(lock);
	return status;
}

#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/files.h"
#include "base/mem.h"
#include "exec/build.h"
#include "verdict/budget.h"
#include "verdict/detector.h"

enum { DEADLINE_MS = 120000 };

/* The directories of the sources that are the program's own, for files_free(). */
static char **own_directories(const char *root, const struct program *program)
{
	char **own = mem_zeroed(6, sizeof *own);

	if (program_has_test(program)) {
		own[0] = mem_format("%s/exercises/%s", root, program->pitfall);
		own[1] = mem_format("%s/solutions/%s", root, program->pitfall);
		own[2] = mem_format("%s/work/%s", root, program->pitfall); /* the reader's copy */
		own[3] = mem_format("%s/build/mutants/%s", root, program->pitfall);
		own[4] = mem_format("%s/build/submissions/%s", root, program->pitfall);
		return own;
	}
	const char *slash = strrchr(program->path, '/');
	own[0] = mem_format("%s/%.*s", root, (int)(slash - program->path), program->path);
	return own;
}

/*
 * First those tests that are to fail, for among them are the longest waits, and while they wait the rest is built; then what
 * computes, so that it is not left over when nothing fills the processors beside it.
 */
static int weight_of(const struct work *work, bool in_order)
{
	const struct expectation *expected = work->result->expected;
	bool heavy = work->result->detector->heavy;

	if (in_order)
		return !heavy;
	if (expected && expected->word == WORD_FAILS)
		return 4;
	return (heavy ? 2 : 0) + (work->request.tests ? 1 : 0);
}

static void plan_program(struct work *work, const char *root, const struct task *task, const struct outside *outside)
{
	if (outside) {
		work->target = mem_format("%s/%s", outside->directory, task->detector->flavour);
		work->request.arguments = outside->arguments;
		work->request.own = outside->own;
	} else {
		work->target = build_target(task->detector->flavour, task->program->path);
		work->request.own = work->own = own_directories(root, task->program);
	}
	work->request.executable = mem_format("%s/%s", root, work->target);
}

/* Beside a chapter's program that declares nothing, as in a kit without answers. For the caller to free; NULL: none. */
static char *bounds_beside(const char *root, const struct program *program)
{
	if (program->declared || (program->role != ROLE_BROKEN && program->role != ROLE_FIXED))
		return NULL;
	char *path = mem_format("%s/chapters/%s/budget", root, program->pitfall), *text = file_read(path);
	if (text)
		text[strcspn(text, "\n")] = '\0';
	free(path);
	return text;
}

void work_plan(struct work *work, const char *root, const struct task *task, const struct judging_options *options,
	       struct result *result)
{
	*result = (struct result){.program = task->program, .detector = task->detector};
	if (task->program->declared)
		result->expected = declaration_of(&task->program->declaration, task->detector);
	*work = (struct work){.result = result, .runs = task->repeat ? task->repeat : options->repeat};
	if (task->detector->bounded) {
		char *beside = bounds_beside(root, task->program);
		work->bounds = budget_both(result->expected ? result->expected->bounds : beside, options->bounds);
		free(beside);
	}
	work->delays = task->delays;
	work->undelayed = 1;
	result->delays = task->delays;
	work->request.detector = task->detector;
	work->request.tests = program_has_test(task->program);
	work->request.bounds = work->bounds;
	if (task->detector->records) {
		work->request.sightings = options->sightings;
		work->request.sighting_count = options->sighting_count;
	}
	work->request.keep_output = options->keep_output;
	work->request.first_failure = options->first_failure;
	work->request.deadline_ms = options->deadline_ms ? options->deadline_ms : DEADLINE_MS;
	work->request.idle_ms = options->idle_ms;
	if (options->outside) {
		work->request.own_network = options->outside->own_network;
		work->request.sandbox = options->outside->sandbox;
		work->request.input = options->outside->input;
		work->request.stop_signal = options->outside->stop_signal;
		work->request.stop_ms = options->outside->stop_ms;
	}
	plan_program(work, root, task, options->outside);
	work->lane = task->detector->heavy ? COMPUTING : WAITING;
	work->weight = weight_of(work, options->in_order);
}

void work_release(struct work *work)
{
	free(work->target);
	free(work->bounds);
	free(work->key);
	free(work->request.executable);
	if (work->own)
		files_free(work->own);
}

int work_by_weight(const void *left, const void *right)
{
	const struct work *a = *(struct work *const *)left, *b = *(struct work *const *)right;

	if (a->weight != b->weight)
		return b->weight - a->weight;
	return (a->task > b->task) - (a->task < b->task);
}

void queue_add(struct queue *queue, struct work *work)
{
	size_t at = queue->count;

	queue->works = mem_resize(queue->works, queue->count + 1, sizeof *queue->works);
	while (at && work_by_weight(&queue->works[at - 1], &work) > 0) {
		queue->works[at] = queue->works[at - 1];
		at--;
	}
	queue->works[at] = work;
	queue->count++;
}

struct work *queue_next(const struct queue *queue)
{
	return queue->count ? queue->works[0] : NULL;
}

void queue_drop_first(struct queue *queue)
{
	memmove(queue->works, queue->works + 1, --queue->count * sizeof *queue->works);
}

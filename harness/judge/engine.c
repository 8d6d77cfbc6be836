#include "engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "cache.h"
#include "exec/build.h"
#include "exec/runner.h"
#include "report/report.h"
#include "verdict/budget.h"
#include "verdict/detector.h"

enum { DEADLINE_MS = 120000 };

/* A task on its way to a result. */
struct work {
	struct engine *engine;
	struct result *result;
	struct run_request request;
	char *own[2];
	char *target; /* relative to the root */
	char *bounds; /* of the budget; NULL for the other detectors */
	char *key;    /* in the cache; NULL: not to be kept */
	unsigned started;
	int lane;
	int weight; /* the heavier, the earlier: no long run is left for the end */
};

/*
 * A wrong program may wait in vain for seconds, and uses no processor meanwhile. Such runs have a lane of their own, beside
 * that of the runs that compute: in one lane they would stand together now and then, and the processors with them.
 */
enum { WAITING, COMPUTING, LANES };

struct lane {
	struct work **works; /* those to be run */
	size_t count, next;
	int running;
};

struct engine {
	struct loop *loop;
	const struct engine_options *options;
	struct cache cache;
	struct work *works;
	struct lane lanes[LANES];
	size_t count, done;
	int jobs;    /* at most, in each lane */
	int running; /* in all */
	int limit;   /* of running */
	struct style style;
};

long monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

void tasks_add(struct tasks *tasks, const struct program *program, const struct detector *detector)
{
	tasks->items = mem_resize(tasks->items, tasks->count + 1, sizeof *tasks->items);
	tasks->items[tasks->count++] = (struct task){program, detector};
}

void tasks_release(struct tasks *tasks)
{
	free(tasks->items);
	*tasks = (struct tasks){0};
}

void program_directories(const char *root, const struct program *program, char *own[2])
{
	own[1] = NULL;
	if (program_has_test(program)) {
		own[0] = mem_format("%s/exercises/%s", root, program->pitfall);
		own[1] = mem_format("%s/solutions/%s", root, program->pitfall);
		return;
	}
	const char *slash = strrchr(program->path, '/');
	own[0] = mem_format("%s/%.*s", root, (int)(slash - program->path), program->path);
}

static void judge(struct result *result)
{
	result->verdict = verdict_of(result->program->declared ? &result->program->declaration : NULL, result->expected,
				     result->detector, &result->seen);
}

static bool did_fire(const struct result *result)
{
	return result->verdict.observed == OBSERVED_FIRES || result->verdict.observed == OBSERVED_FAILS;
}

/* --- building --- */

static int by_text(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static int build_all(struct engine *engine, char **error)
{
	char **targets = mem_zeroed(engine->count + 1, sizeof *targets);
	size_t count = 0;

	for (size_t i = 0; i < engine->count; i++)
		targets[i] = engine->works[i].target;
	qsort(targets, engine->count, sizeof *targets, by_text);
	for (size_t i = 0; i < engine->count; i++)
		if (i == 0 || strcmp(targets[i], targets[i - 1]) != 0)
			targets[count++] = targets[i];
	if (!engine->options->quiet)
		report_progress(stderr, engine->style, 0, engine->count, "building");
	int status = count ? build_targets(engine->loop, targets, count, engine->jobs, error) : 0;
	if (!engine->options->quiet)
		report_progress_end(stderr, engine->style);
	free(targets);
	return status;
}

static void note_build_failure(struct work *work)
{
	char *words = build_failure(work->engine->loop->root, work->target);

	if (!words)
		return;
	work->result->bad_input = true;
	observation_fail(&work->result->seen, FAULT_PROGRAM, "it does not compile:\n%s", words);
	judge(work->result);
	free(words);
}

/* --- running --- */

static void start_more(struct engine *engine);

static void show_progress(struct engine *engine, const struct work *work)
{
	if (engine->options->quiet)
		return;
	char *doing = mem_format("%s %s under %s", work->result->program->pitfall, work->result->program->name,
				 work->result->detector->name);
	report_progress(stderr, engine->style, engine->done, engine->count, doing);
	free(doing);
}

static void complete(struct work *work)
{
	struct result *result = work->result;

	work->engine->done++;
	/* What could not be judged is tried again next time. */
	if (work->key && result->seen.fault == FAULT_NONE)
		cache_record(&work->engine->cache, work->key, result);
}

static void on_run_ended(void *context, struct observation *seen)
{
	struct work *work = context;
	struct engine *engine = work->engine;
	struct result next = *work->result, *result = work->result;

	next.seen = *seen;
	judge(&next);
	result->runs++;
	result->fired += did_fire(&next);
	result->cpu_ms += seen->cpu_ms;
	result->wall_ms += seen->wall_ms;
	if (seen->peak_kib > result->peak_kib)
		result->peak_kib = seen->peak_kib;
	/* The first that does not agree is the one to show. */
	bool keep_old = result->runs > 1 && !result->verdict.agrees;
	observation_release(keep_old ? &next.seen : &result->seen);
	verdict_release(keep_old ? &next.verdict : &result->verdict);
	if (!keep_old) {
		result->seen = next.seen;
		result->verdict = next.verdict;
	}
	engine->running--;
	engine->lanes[work->lane].running--;
	if (result->runs == engine->options->repeat)
		complete(work);
	show_progress(engine, work);
	start_more(engine);
}

static void start_one(struct engine *engine, struct lane *lane)
{
	struct work *work = lane->works[lane->next];

	if (++work->started == engine->options->repeat)
		lane->next++;
	lane->running++;
	engine->running++;
	show_progress(engine, work);
	run_start(engine->loop, &work->request, -1, on_run_ended, work);
}

static void start_more(struct engine *engine)
{
	for (struct lane *lane = engine->lanes; lane < engine->lanes + LANES; lane++)
		while (!engine->loop->interrupted && engine->running < engine->limit && lane->running < engine->jobs &&
		       lane->next < lane->count)
			start_one(engine, lane);
}

/* --- planning --- */

static int lane_of(const struct work *work)
{
	const struct expectation *expected = work->result->expected;

	return expected && expected->word == WORD_FAILS ? WAITING : COMPUTING;
}

static int weight_of(const struct work *work)
{
	bool test = strcmp(work->result->detector->name, "test") == 0;
	bool valgrind = strcmp(work->result->detector->flavour, "plain") == 0 && !test;

	return (valgrind ? 2 : 0) + (work->request.tests ? 1 : 0);
}

static int by_weight(const void *left, const void *right)
{
	const struct work *a = *(struct work *const *)left, *b = *(struct work *const *)right;

	if (a->weight != b->weight)
		return b->weight - a->weight;
	return a < b ? -1 : a > b;
}

static void plan_one(struct engine *engine, struct work *work, const struct task *task, struct result *result)
{
	const char *root = engine->loop->root;

	*result = (struct result){.program = task->program, .detector = task->detector};
	if (task->program->declared)
		result->expected = declaration_of(&task->program->declaration, task->detector);
	*work = (struct work){.engine = engine, .result = result};
	if (task->detector == &detector_budget)
		work->bounds = budget_both(result->expected ? result->expected->bounds : NULL, engine->options->bounds);
	work->target = build_target(task->detector->flavour, task->program->path);
	program_directories(root, task->program, work->own);
	work->request = (struct run_request){
		.detector = task->detector,
		.executable = mem_format("%s/%s", root, work->target),
		.tests = program_has_test(task->program),
		.own = {work->own[0], work->own[1]},
		.bounds = work->bounds,
		.deadline_ms = engine->options->deadline_ms ? engine->options->deadline_ms : DEADLINE_MS,
	};
	work->lane = lane_of(work);
	work->weight = weight_of(work);
}

static void settle(struct engine *engine, struct work *work)
{
	note_build_failure(work);
	if (work->result->bad_input) {
		engine->done++;
		return;
	}
	work->key = cache_key(&engine->cache, work->request.executable, work->result->detector, work->request.bounds);
	if (!engine->options->fresh && work->key &&
	    cache_recall(&engine->cache, work->key, engine->options->repeat, work->result)) {
		judge(work->result);
		engine->done++;
		return;
	}
	struct lane *lane = &engine->lanes[work->lane];
	lane->works[lane->count++] = work;
}

static void release(struct engine *engine)
{
	for (size_t i = 0; i < engine->count; i++) {
		struct work *work = &engine->works[i];
		free(work->target);
		free(work->bounds);
		free(work->key);
		free(work->request.executable);
		free(work->own[0]);
		free(work->own[1]);
	}
	free(engine->works);
	for (int i = 0; i < LANES; i++)
		free(engine->lanes[i].works);
	cache_close(&engine->cache);
}

/* Leaves out what an interruption did not let finish. */
static void drop_unfinished(struct engine *engine, struct results *results)
{
	size_t kept = 0;

	for (size_t i = 0; i < results->count; i++) {
		struct result *result = &results->items[i];
		if (result->bad_input || result->cached || result->runs == engine->options->repeat) {
			results->items[kept++] = *result;
			continue;
		}
		observation_release(&result->seen);
		verdict_release(&result->verdict);
	}
	results->count = kept;
}

static long children_cpu_ms(void)
{
	struct rusage used;

	getrusage(RUSAGE_CHILDREN, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000L +
	       (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

static void judge_all(struct engine *engine, struct results *results)
{
	for (int i = 0; i < LANES; i++)
		engine->lanes[i].works = mem_zeroed(engine->count, sizeof(struct work *));
	for (size_t i = 0; i < engine->count && !engine->loop->interrupted; i++)
		settle(engine, &engine->works[i]);
	for (int i = 0; i < LANES; i++)
		if (engine->lanes[i].count)
			qsort(engine->lanes[i].works, engine->lanes[i].count, sizeof(struct work *), by_weight);
	start_more(engine);
	loop_run(engine->loop);
	if (!engine->options->quiet)
		report_progress_end(stderr, engine->style);
	if (engine->loop->interrupted)
		drop_unfinished(engine, results);
}

int engine_judge(struct loop *loop, const struct toolchain *toolchain, const struct tasks *tasks,
		 const struct engine_options *options, struct results *results, char **error)
{
	struct engine engine = {.loop = loop, .options = options, .count = tasks->count, .style = style_of(stderr)};
	long wall = monotonic_ms(), cpu = children_cpu_ms();

	*error = NULL;
	engine.jobs = options->jobs ? options->jobs : 2 * (int)uv_available_parallelism();
	engine.limit = options->jobs ? options->jobs : LANES * engine.jobs;
	*results = (struct results){.items = mem_zeroed(tasks->count, sizeof *results->items), .count = tasks->count};
	engine.works = mem_zeroed(tasks->count, sizeof *engine.works);
	for (size_t i = 0; i < tasks->count; i++)
		plan_one(&engine, &engine.works[i], &tasks->items[i], &results->items[i]);
	run_sweep(loop->root);
	if (cache_open(&engine.cache, loop->root, toolchain) != 0)
		*error = mem_format("cannot write '%s': %s", engine.cache.path, strerror(errno));
	else if (build_all(&engine, error) == 0)
		judge_all(&engine, results);
	release(&engine);
	results->wall_ms = monotonic_ms() - wall;
	results->cpu_ms = children_cpu_ms() - cpu;
	return *error ? -1 : 0;
}

void results_release(struct results *results)
{
	for (size_t i = 0; i < results->count; i++) {
		observation_release(&results->items[i].seen);
		verdict_release(&results->items[i].verdict);
	}
	free(results->items);
	*results = (struct results){0};
}

int engine_doctor(struct loop *loop, const struct toolchain *toolchain, const struct catalogue *doctor,
		  const struct detector *const *which, const struct engine_options *options, struct results *results,
		  char **error)
{
	struct engine_options once = *options;
	struct tasks tasks = {0};

	once.repeat = 1;
	for (size_t i = 0; i < doctor->count; i++)
		for (size_t j = 0; which[j]; j++)
			tasks_add(&tasks, &doctor->programs[i], which[j]);
	int status = engine_judge(loop, toolchain, &tasks, &once, results, error);
	tasks_release(&tasks);
	return status;
}

/*
 * See judging.h. Above 500 lines: every event of a judging changes one struct, which no other file sees. What happens
 * in which state is read in one place.
 */
#include "judging.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/mem.h"
#include "cache.h"
#include "exec/build.h"
#include "exec/leftovers.h"
#include "exec/resources.h"
#include "exec/runner.h"
#include "plan.h"
#include "results.h"
#include "verdict/detector.h"

/* Of the late runs of every judging: the same file meets the same delays. */
enum { LATE_SEED = 1 };

/* make passes a token for each through a pipe, and holds no more. */
enum { MOST_COMPILERS = 64 };

/* A run of a work. */
struct attempt {
	struct judging *judging;
	struct work *work;
	struct run_request request; /* the work's, with the delays of this run */
	struct running *running;
	struct attempt *next;
};

struct judging {
	struct workbook *workbook;
	struct loop *loop;
	const struct judging_options *options;
	const struct judging_events *events;
	void *context;
	void (*finished)(void *context, struct judging_end *end); /* the events' own, or judge_all()'s */
	void *finished_context;
	struct cache cache;
	bool cache_open;
	struct work *works;
	struct work **by_target; /* the same, sorted */
	struct results results;
	struct queue queues[LANES];
	struct attempt *attempts;
	struct build *build; /* NULL before and after */
	bool to_build;	     /* once there is room for it */
	size_t count, done;
	int running;
	struct crew *crew, own_crew;
	struct crew_member member;
	bool begun, stopping;
	bool late;	      /* the late runs have begun */
	char *error;	      /* it cannot go on */
	long wall_ms, cpu_ms; /* at the start */
	struct deferred step;
	size_t light_left; /* works under a detector that is not heavy, and not over; while heavy ones wait for them */
	size_t light_unbegun;  /* of these */
	uv_timer_t head_start; /* of a judging that has one */
	bool *over;	       /* judging_join() waits for it; else NULL */
};

void tasks_add(struct tasks *tasks, const struct program *program, const struct detector *detector)
{
	tasks->items = mem_resize(tasks->items, tasks->count + 1, sizeof *tasks->items);
	tasks->items[tasks->count++] = (struct task){.program = program, .detector = detector};
}

void tasks_release(struct tasks *tasks)
{
	free(tasks->items);
	*tasks = (struct tasks){0};
}

/* --- the end --- */

static void finish(struct judging *judging);

static bool is_ending(const struct judging *judging)
{
	return judging->stopping || judging->error || judging->loop->interrupted;
}

/* Nothing is under way any more, and nothing will be. */
static bool is_over(const struct judging *judging)
{
	bool idle = judging->begun && !judging->build && judging->running == 0;

	return idle && (judging->done == judging->count || is_ending(judging));
}

static void step(void *context)
{
	struct judging *judging = context;

	if (is_over(judging))
		finish(judging);
}

/* Looks at the end once the loop has dealt with what is in hand. */
static void go_on(struct judging *judging)
{
	if (is_over(judging))
		loop_defer(judging->loop, &judging->step);
}

static void end_all(struct judging *judging)
{
	if (judging->build)
		build_stop(judging->build);
	for (struct attempt *attempt = judging->attempts; attempt; attempt = attempt->next)
		run_stop(attempt->running);
}

/* What one run cannot do, the others cannot either: the first word is the one to tell. */
static void fail(struct judging *judging, const char *why)
{
	if (!judging->error)
		judging->error = mem_copy(why);
	end_all(judging);
}

/* --- light works first --- */

static void start_more(struct judging *judging);

/* The light works that are left do not hold up the heavy ones any more. */
static void end_head_start(struct judging *judging)
{
	if (judging->head_start.data)
		uv_timer_stop(&judging->head_start);
	judging->light_left = 0;
}

static void on_head_start_over(uv_timer_t *timer)
{
	struct judging *judging = timer->data;

	end_head_start(judging);
	start_more(judging);
}

/* One that has begun, or needs no run. The last of them starts the clock. */
static void note_light_begun(struct judging *judging, const struct work *work)
{
	if (!judging->light_left || work->result->detector->heavy || --judging->light_unbegun)
		return;
	uv_timer_start(&judging->head_start, on_head_start_over, (uint64_t)judging->options->head_start_ms, 0);
}

static void note_light_over(struct judging *judging, const struct work *work)
{
	if (judging->light_left && !work->result->detector->heavy && --judging->light_left == 0)
		end_head_start(judging);
}

static void plan_head_start(struct judging *judging)
{
	if (!judging->options->head_start_ms)
		return;
	uv_timer_init(&judging->loop->uv, &judging->head_start);
	judging->head_start.data = judging;
	for (size_t i = 0; i < judging->count; i++)
		judging->light_left += !judging->works[i].result->detector->heavy;
	judging->light_unbegun = judging->light_left;
}

/* --- late runs, and those that wait for the tests --- */

static bool all_agree(const struct judging *judging)
{
	for (size_t i = 0; i < judging->count; i++)
		if (judging->results.items[i].bad_input || !judging->results.items[i].verdict.agrees)
			return false;
	return true;
}

/* The last result is there: puts what is to run again, with late threads, into the queues. */
static void begin_late_runs(struct judging *judging)
{
	unsigned runs = judging->options->late_runs;

	if (!runs || judging->late || is_ending(judging) || !all_agree(judging))
		return;
	judging->late = true;
	for (struct work *work = judging->works; work < judging->works + judging->count; work++) {
		if (work->result->detector->heavy || !work->request.tests)
			continue;
		work->over = false;
		/* Of a result that was recalled none has been started here; it may have more than were asked for. */
		work->started = work->undelayed = work->result->runs;
		work->runs = work->result->runs + runs;
		work->delays = work->result->delays = LATE_SEED;
		queue_add(&judging->queues[work->lane], work);
		judging->done--;
	}
	if (judging->events->late && judging->done < judging->count)
		judging->events->late(judging->context);
}

/* Whether the plain tests of its program come first, and are not over. */
static bool awaits_tests(const struct judging *judging, const struct work *work)
{
	if (!judging->options->after_timeout_ms || work->result->detector->tests)
		return false;
	for (size_t i = 0; i < judging->count; i++) {
		const struct work *other = &judging->works[i];
		if (other->result->program == work->result->program && other->result->detector->tests && !other->over)
			return true;
	}
	return false;
}

/* The plain tests of the program are over. If they did not end in time, they will not under a detector either. */
static void let_others_run(struct judging *judging, const struct work *tests)
{
	const struct observation *seen = &tests->result->seen;
	bool timed_out = seen->timed_out || seen->ending == ENDED_LATE;

	for (size_t i = 0; i < judging->count; i++) {
		struct work *work = &judging->works[i];
		if (work->result->program != tests->result->program || work == tests)
			continue;
		if (timed_out) {
			work->runs = 1;
			if (judging->options->after_timeout_ms < work->request.deadline_ms)
				work->request.deadline_ms = judging->options->after_timeout_ms;
		}
		if (work->held)
			queue_add(&judging->queues[work->lane], work);
		work->held = false;
	}
}

static void complete(struct judging *judging, struct work *work)
{
	work->over = true;
	if (judging->options->after_timeout_ms && work->result->detector->tests)
		let_others_run(judging, work);
	note_light_over(judging, work);
	judging->done++;
	if (judging->events->result && (!judging->late || !work->result->verdict.agrees))
		judging->events->result(judging->context, work->task, work->result);
	if (judging->done == judging->count)
		begin_late_runs(judging);
}

/* --- running --- */

static void forget(struct judging *judging, struct attempt *attempt)
{
	struct attempt **at = &judging->attempts;

	while (*at != attempt)
		at = &(*at)->next;
	*at = attempt->next;
	judging->running--;
	crew_give_run(judging->crew, attempt->work->lane);
	free(attempt);
}

/*
 * Where something has run out meanwhile, what failed may have failed of that. A program that has shown nothing then is not
 * to blame.
 */
static void excuse(struct judging *judging, struct work *work, struct observation *seen)
{
	struct result shown = *work->result;

	shown.seen = *seen;
	result_judge(&shown);
	bool error = shown.verdict.observed == OBSERVED_ERROR;
	verdict_release(&shown.verdict);
	if (!error || seen->fault == FAULT_DETECTOR)
		return;
	char *problem = resources_problem(judging->loop->root, work->request.tests);
	if (problem) {
		seen->fault = FAULT_NONE;
		observation_fail(seen, FAULT_DETECTOR, "it failed when this machine had run out of something: %s",
				 problem);
	}
	free(problem);
}

/* Another command may have built it from another source meanwhile: what was seen is then of one, and is told of the other. */
static void notice_rebuild(struct judging *judging, const struct work *work, struct observation *seen)
{
	if (!work->key)
		return;
	char *now = cache_key(&judging->cache, work->request.executable, work->result->detector, work->request.bounds);
	if (!now || strcmp(now, work->key) != 0)
		observation_blame(seen, FAULT_DETECTOR, "it was built anew while it ran; judge it again");
	free(now);
}

/* What is certain of one run of a program, where all can be seen, need not be waited for in its others. */
static void note_deadlock(struct judging *judging, const struct program *program)
{
	for (size_t i = 0; i < judging->count; i++)
		if (judging->works[i].result->program == program)
			judging->works[i].request.hurry = true;
	for (struct attempt *attempt = judging->attempts; attempt; attempt = attempt->next)
		if (attempt->work->result->program == program)
			run_hurry(attempt->running);
}

static void on_run_ended(void *context, const struct run_end *end)
{
	struct attempt *attempt = context;
	struct judging *judging = attempt->judging;
	struct work *work = attempt->work;

	forget(judging, attempt);
	if (end->how == END_NOT_STARTED) {
		fail(judging, end->why);
	} else if (end->how == END_DONE) {
		excuse(judging, work, end->seen);
		notice_rebuild(judging, work, end->seen);
		if (end->seen->ending == ENDED_DEADLOCKED || end->seen->hung)
			note_deadlock(judging, work->result->program);
		result_add_run(work->result, end->seen);
		if (work->result->runs == work->runs) {
			/* The key says nothing of delays. */
			if (work->key && !work->delays)
				cache_record(&judging->cache, work->key, work->result);
			complete(judging, work);
		}
	}
	crew_offer(judging->crew);
	go_on(judging);
}

static void start_one(struct judging *judging, struct queue *queue)
{
	struct work *work = queue_next(queue);
	struct attempt *attempt = mem_zeroed(1, sizeof *attempt);

	if (work->started == 0)
		note_light_begun(judging, work);
	if (++work->started == work->runs)
		queue_drop_first(queue);
	judging->running++;
	*attempt =
		(struct attempt){.judging = judging, .work = work, .request = work->request, .next = judging->attempts};
	if (work->delays && work->started > work->undelayed)
		attempt->request.delays = work->delays + work->started - work->undelayed - 1;
	judging->attempts = attempt;
	attempt->running = run_start(judging->loop, &attempt->request, on_run_ended, attempt);
	if (work->started == 1 && judging->events->started)
		judging->events->started(judging->context, work->task);
}

/* False: there is no room, or nothing in the queue that may begin. It has its light works first when there is a head start. */
static bool start_next(struct judging *judging, struct queue *queue)
{
	const struct work *next = queue_next(queue);

	if (!next || is_ending(judging) || (judging->light_left && next->result->detector->heavy) ||
	    !crew_take_run(judging->crew, next->lane))
		return false;
	start_one(judging, queue);
	return true;
}

static void start_more(struct judging *judging)
{
	for (struct queue *queue = judging->queues; queue < judging->queues + LANES; queue++)
		while (start_next(judging, queue))
			;
}

/* --- building --- */

/* What was built may be something that nobody wants to run. */
static bool is_admitted(struct judging *judging, struct work *work)
{
	char *why = NULL;

	const struct judging_options *options = judging->options;
	if (!options->admits || options->admits(options->admits_context, work->task, &why))
		return true;
	work->result->bad_input = true;
	observation_fail(&work->result->seen, FAULT_PROGRAM, "%s", why);
	free(why);
	note_light_begun(judging, work);
	result_judge(work->result);
	complete(judging, work);
	return false;
}

/* The program of the work is there: what is known of it, or else a place in the queue. */
static void settle(struct judging *judging, struct work *work)
{
	work->settled = true;
	if (judging->events->built)
		judging->events->built(judging->context, work->task);
	if (!is_admitted(judging, work))
		return;
	if (!judging->options->outside && !work->result->detector->records)
		work->key = cache_key(&judging->cache, work->request.executable, work->result->detector,
				      work->request.bounds);
	if (!judging->options->fresh && work->key && !work->delays &&
	    cache_recall(&judging->cache, work->key, work->runs, work->result)) {
		note_light_begun(judging, work);
		result_judge(work->result);
		complete(judging, work);
		return;
	}
	work->held = awaits_tests(judging, work);
	if (!work->held)
		queue_add(&judging->queues[work->lane], work);
}

static int by_target(const void *left, const void *right)
{
	const struct work *a = *(struct work *const *)left, *b = *(struct work *const *)right;
	int order = strcmp(a->target, b->target);

	return order ? order : (a->task > b->task) - (a->task < b->task);
}

/* The first work of this target in by_target; its end when there is none. */
static size_t find_target(const struct judging *judging, const char *target)
{
	size_t low = 0, high = judging->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(judging->by_target[middle]->target, target) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void on_ready(void *context, const char *target)
{
	struct judging *judging = context;

	for (size_t i = find_target(judging, target);
	     i < judging->count && strcmp(judging->by_target[i]->target, target) == 0 && !is_ending(judging); i++)
		if (!judging->by_target[i]->settled)
			settle(judging, judging->by_target[i]);
	start_more(judging);
}

/* Whether the source is wrong, or the machine could not compile it. */
static void note_failure(const struct judging *judging, struct result *result, const char *target)
{
	char *words = build_failure(judging->loop->root, target), *problem = resources_failed_compiler(words);

	if (!problem)
		problem = resources_problem(judging->loop->root, false);
	result->bad_input = !problem;
	if (problem)
		observation_fail(&result->seen, FAULT_DETECTOR, "this machine could not compile it: %s", problem);
	else
		observation_fail(&result->seen, FAULT_PROGRAM, "it does not compile:\n%s", words);
	free(problem);
	free(words);
}

static void note_failures(struct judging *judging)
{
	for (size_t i = 0; i < judging->count && !is_ending(judging); i++) {
		struct work *work = &judging->works[i];
		if (work->settled)
			continue;
		work->settled = true;
		note_light_begun(judging, work);
		note_failure(judging, work->result, work->target);
		result_judge(work->result);
		complete(judging, work);
	}
}

static void on_build_ended(void *context, enum end how, const char *why)
{
	struct judging *judging = context;

	judging->build = NULL;
	crew_give_build(judging->crew);
	if (how == END_NOT_STARTED)
		fail(judging, why);
	else if (how == END_DONE)
		note_failures(judging);
	crew_offer(judging->crew);
	go_on(judging);
}

static void build(struct judging *judging)
{
	static const struct build_events events = {on_ready, on_build_ended};
	static char *const anew[] = {"ANEW=yes", NULL};
	const struct outside *outside = judging->options->outside;
	int cores = (int)uv_available_parallelism(), jobs = judging->options->jobs ? judging->options->jobs : cores;
	struct work **works = mem_zeroed(judging->count, sizeof(struct work *));
	char **targets = mem_zeroed(judging->count, sizeof *targets);
	struct build_request request = {.targets = targets,
					.variables = outside		      ? outside->variables
						     : judging->options->anew ? anew
									      : NULL,
					.sandbox = outside ? outside->sandbox : NULL,
					.jobs = jobs < MOST_COMPILERS ? jobs : MOST_COMPILERS};

	memcpy(works, judging->by_target, judging->count * sizeof *works);
	qsort(works, judging->count, sizeof *works, work_by_weight);
	for (size_t i = 0; i < judging->count; i++)
		/* Of a target's works the heaviest decides when it is built. */
		if (!works[i]->asked_for) {
			for (size_t j = find_target(judging, works[i]->target);
			     j < judging->count && strcmp(judging->by_target[j]->target, works[i]->target) == 0; j++)
				judging->by_target[j]->asked_for = true;
			if (judging->options->anew)
				build_forget(judging->loop->root, works[i]->target);
			targets[request.count++] = works[i]->target;
		}
	judging->build = build_start(judging->loop, &request, &events, judging);
	free(targets);
	free(works);
}

static void on_room(void *context)
{
	struct judging *judging = context;

	if (judging->to_build && !is_ending(judging) && crew_take_build(judging->crew)) {
		judging->to_build = false;
		build(judging);
	}
	start_more(judging);
}

/* --- from start to end --- */

static long children_cpu_ms(void)
{
	struct rusage used;

	getrusage(RUSAGE_CHILDREN, &used);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000L +
	       (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

static bool has_tests(const struct judging *judging)
{
	for (size_t i = 0; i < judging->count; i++)
		if (judging->works[i].request.tests)
			return true;
	return false;
}

static void begin(void *context)
{
	struct judging *judging = context;

	judging->begun = true;
	judging->step.call = step;
	if (judging->count && !is_ending(judging)) {
		char *problem = resources_problem(judging->loop->root, has_tests(judging));
		if (problem)
			fail(judging, problem);
		free(problem);
	}
	if (judging->count && !is_ending(judging)) {
		leftovers_sweep(judging->loop->root);
		workbook_tools(judging->workbook);
		/* What is not a program of the workbook is not remembered. */
		judging->cache_open = !judging->options->outside;
		if (!judging->cache_open ||
		    cache_open(&judging->cache, judging->loop->root, &judging->workbook->toolchain) == 0) {
			judging->to_build = true;
			on_room(judging);
		} else {
			char *why = mem_format("cannot write '%s': %s", judging->cache.path, strerror(errno));
			fail(judging, why);
			free(why);
		}
	}
	go_on(judging);
}

struct judging *judging_start(struct workbook *workbook, const struct tasks *tasks,
			      const struct judging_options *options, const struct judging_events *events, void *context)
{
	struct judging *judging = mem_zeroed(1, sizeof *judging);

	*judging = (struct judging){.workbook = workbook,
				    .loop = &workbook->loop,
				    .options = options,
				    .events = events,
				    .context = context,
				    .finished = events->finished,
				    .finished_context = context,
				    .count = tasks->count,
				    .crew = options->crew,
				    .wall_ms = clock_now_ms(),
				    .cpu_ms = children_cpu_ms()};
	judging->results.items = mem_zeroed(tasks->count, sizeof *judging->results.items);
	judging->results.count = tasks->count;
	judging->works = mem_zeroed(tasks->count, sizeof *judging->works);
	judging->by_target = mem_zeroed(tasks->count, sizeof(struct work *));
	for (size_t i = 0; i < tasks->count; i++) {
		judging->by_target[i] = &judging->works[i];
		work_plan(&judging->works[i], workbook->loop.root, &tasks->items[i], options,
			  &judging->results.items[i]);
		judging->works[i].task = i;
	}
	if (tasks->count)
		qsort(judging->by_target, tasks->count, sizeof(struct work *), by_target);
	plan_head_start(judging);
	if (!judging->crew) {
		judging->crew = &judging->own_crew;
		crew_init(judging->crew, judging->loop, options->jobs, 1);
	}
	judging->member = (struct crew_member){.room = on_room, .context = judging};
	crew_join(judging->crew, &judging->member);
	judging->step = (struct deferred){.call = begin, .context = judging};
	loop_defer(judging->loop, &judging->step);
	return judging;
}

/* Leaves out what was not judged to its end. */
static void drop_unfinished(struct judging *judging)
{
	struct results *results = &judging->results;
	size_t kept = 0;

	for (size_t i = 0; i < judging->count; i++) {
		struct result *result = &results->items[i];
		if (judging->works[i].over) {
			results->items[kept++] = *result;
			continue;
		}
		observation_release(&result->seen);
		verdict_release(&result->verdict);
	}
	results->count = kept;
}

static void on_timer_closed(uv_handle_t *timer)
{
	free(timer->data);
}

static void release(struct judging *judging)
{
	for (size_t i = 0; i < judging->count; i++)
		work_release(&judging->works[i]);
	for (int i = 0; i < LANES; i++)
		free(judging->queues[i].works);
	if (judging->cache_open)
		cache_close(&judging->cache);
	free(judging->by_target);
	free(judging->works);
	free(judging->error);
	if (judging->head_start.data)
		uv_close((uv_handle_t *)&judging->head_start, on_timer_closed);
	else
		free(judging);
}

static void finish(struct judging *judging)
{
	struct judging_end end = {.how = judging->done == judging->count ? END_DONE : END_CANCELLED,
				  .error = judging->error};

	crew_leave(judging->crew, &judging->member);
	if (judging->crew == &judging->own_crew)
		crew_release(judging->crew);
	if (judging->error)
		end.how = END_NOT_STARTED;
	drop_unfinished(judging);
	end.results = judging->results;
	end.results.wall_ms = clock_now_ms() - judging->wall_ms;
	end.results.cpu_ms = children_cpu_ms() - judging->cpu_ms;
	end.results.unkept = judging->cache.problem;
	judging->cache.problem = NULL;
	bool *over = judging->over;
	judging->finished(judging->finished_context, &end);
	release(judging);
	if (over)
		*over = true;
}

void judging_stop(struct judging *judging)
{
	judging->stopping = true;
	end_all(judging);
	go_on(judging);
}

void judging_join(struct judging *judging)
{
	struct loop *loop = judging->loop;
	bool over = false;

	judging->over = &over;
	loop_until(loop, &over);
}

/* --- judging and waiting --- */

static void note_end(void *context, struct judging_end *end)
{
	struct judging_end *ended = context;

	*ended = *end;
	ended->error = end->error ? mem_copy(end->error) : NULL;
}

int judge_all(struct workbook *workbook, const struct tasks *tasks, const struct judging_options *options,
	      const struct judging_events *events, void *context, struct results *results, char **error)
{
	static const struct judging_events none;
	struct judging *judging = judging_start(workbook, tasks, options, events ? events : &none, context);
	struct judging_end end;

	judging->finished = note_end;
	judging->finished_context = &end;
	judging_join(judging);
	*results = end.results;
	*error = (char *)end.error;
	return *error ? -1 : 0;
}

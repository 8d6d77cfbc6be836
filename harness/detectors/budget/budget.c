/*
 * The leak budget: our own detector. The program runs as it is, with the
 * monitor of runtime/monitor preloaded, which counts what no sanitizer does;
 * its report is held against the bounds of the program's declaration.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "budget_findings.h"
#include "detectors/criterion/tests.h"
#include "detectors/limits.h"
#include "detectors/report_files.h"
#include "detectors/standing.h"

/* Bounds were checked when they were declared; of one that cannot be read the budget lacks all from there on. */
static bool budget_of(const struct run *run, struct budget *budget)
{
	char *error = NULL;
	bool good = true;

	*budget = (struct budget){0};
	good = !run->bounds || budget_parse(budget, run->bounds, &error);
	free(error);
	return good;
}

static void prepare(const struct run *run, struct command *command)
{
	struct budget budget;

	budget_of(run, &budget);
	char *bounds = budget_for_monitor(&budget);
	command_environment(command, "LD_PRELOAD=%s/build/monitor.so", run->root);
	/* The supervisor and what the program itself starts have the monitor too, asleep. */
	command_environment(command, "LOOSE_PROGRAM=%s", run->program);
	command_environment(command, "LOOSE_BUDGET=%s", bounds);
	tests_prepare(run, command);
	free(bounds);
	budget_release(&budget);
}

static size_t code_at(void *context, uint64_t pc, struct code_place *places, size_t room)
{
	return symbolizer_code(context, pc, places, room);
}

/* --- collecting --- */

struct collecting {
	const struct run *run;
	struct observation *seen;
	struct budget budget;
	bool *known; /* by bound: some image could tell */
	struct budget_report *reports;
	struct process *processes;
	size_t count;
};

static const struct budget_report *parent_of(const struct collecting *all, const struct budget_report *report)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->reports[i].pid == report->parent)
			return &all->reports[i];
	return NULL;
}

static bool has_parent_here(const struct collecting *all, size_t index)
{
	return parent_of(all, &all->reports[index]);
}

/* Of tests, the processes of the tests: not the runner, nor what a test has started. */
static bool is_judged(const struct collecting *all, size_t index, const struct budget_image *image)
{
	if (!image->how)
		return false;
	if (!all->run->tests)
		return true;
	const struct budget_report *runner = parent_of(all, &all->reports[index]);
	return runner && !parent_of(all, runner);
}

static void judge_image(struct collecting *all, const struct budget_image *image)
{
	struct symbolizer *addresses = symbolizer_open(image->maps);
	struct budget_resolver resolver = {.code = code_at, .context = addresses, .run = all->run};

	budget_findings_add(image, &all->budget, &resolver, all->known, &all->seen->findings);
	symbolizer_close(addresses);
	if (image->lost)
		observation_fail(all->seen, FAULT_DETECTOR, "the monitor could not hold it all: %s", image->lost);
}

static void read_all(struct collecting *all)
{
	const struct run *run = all->run;

	all->count = run->report_count;
	all->reports = mem_zeroed(all->count, sizeof *all->reports);
	all->processes = mem_zeroed(all->count, sizeof *all->processes);
	for (size_t i = 0; i < all->count; i++) {
		struct budget_report *report = &all->reports[i];
		budget_report_read(run->reports[i].bytes, run->reports[i].length, report);
		all->processes[i] = (struct process){run->reports[i].pid, report->parent, report->complete};
	}
}

/* A child that becomes another program is nothing unusual; the program itself must be what ends. */
static void check_replaced(const struct collecting *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct budget_report *report = &all->reports[i];
		const struct budget_image *last = report->count ? &report->images[report->count - 1] : NULL;
		if (last && last->how && !last->forked && strcmp(last->how, "exec") == 0)
			observation_end(all->seen, ENDED_REPLACED,
					"it becomes another program by exec(), with which no detector goes: what was "
					"seen until then counts");
	}
}

static void check_known(const struct collecting *all)
{
	for (size_t i = 0; i < all->budget.count; i++) {
		const struct bound *bound = &all->budget.bounds[i];
		if (all->known[i])
			continue;
		if (bound->signal)
			observation_fail(all->seen, FAULT_PROGRAM, "'%s' says nothing: it was never asked to stop",
					 bound->text);
		else
			observation_fail(all->seen, FAULT_PROGRAM,
					 "'%s' says nothing: the program does not publish all of these gauges; "
					 "gauge_set() of kit/gauge.h does",
					 bound->text);
	}
}

/* The program's own figures; of tests, those of the one with the most threads. */
static const struct budget_image *image_to_show(const struct collecting *all)
{
	const struct budget_image *shown = NULL;
	long long most = -1;

	for (size_t i = 0; i < all->count; i++)
		for (size_t j = 0; j < all->reports[i].count; j++) {
			const struct budget_image *image = &all->reports[i].images[j];
			const struct figure *threads = figures_find(&image->figures, FIGURE_THREADS);
			if (!is_judged(all, i, image) || !threads || (!all->run->tests && has_parent_here(all, i)))
				continue;
			if (threads->peak > most) {
				most = threads->peak;
				shown = image;
			}
		}
	return shown;
}

static bool holds(const json_t *bound)
{
	return bound && json_is_true(json_object_get(bound, "holds"));
}

/* What the shown image says of a bound, or else the first that breaks it. */
static json_t *bound_to_show(const struct collecting *all, const struct budget_image *shown, size_t index)
{
	json_t *said = budget_bound_to_json(shown, &all->budget, index);

	for (size_t i = 0; i < all->count; i++)
		for (size_t j = 0; j < all->reports[i].count; j++) {
			const struct budget_image *image = &all->reports[i].images[j];
			json_t *other =
				is_judged(all, i, image) ? budget_bound_to_json(image, &all->budget, index) : NULL;
			if (other && (!said || (holds(said) && !holds(other)))) {
				json_decref(said);
				said = json_incref(other);
			}
			json_decref(other);
		}
	return said;
}

/* With some of their arguments the C library starts threads of its own for these, by ways that nobody can watch. */
static const char *const starters[] = {"timer_create", "mq_notify", "getaddrinfo_a", "aio_read", "aio_write", NULL};

static void show(const struct collecting *all)
{
	const struct budget_image *image = image_to_show(all);

	if (!image)
		return;
	json_t *bounds = json_array();
	for (size_t i = 0; i < all->budget.count; i++) {
		json_t *bound = bound_to_show(all, image, i);
		if (bound)
			json_array_append_new(bounds, bound);
	}
	all->seen->measured = budget_image_to_json(image);
	if (program_imports(all->run->program, starters))
		json_object_set_new(all->seen->measured, "uncounted", json_true());
	json_object_set_new(all->seen->measured, "bounds", bounds);
}

static void release(struct collecting *all)
{
	for (size_t i = 0; i < all->count; i++)
		budget_report_release(&all->reports[i]);
	free(all->reports);
	free(all->processes);
	free(all->known);
	budget_release(&all->budget);
}

static void collect(const struct run *run, struct observation *seen)
{
	struct collecting all = {.run = run, .seen = seen};

	tests_collect(run, seen);
	standing_collect(run, seen);
	if (!budget_of(run, &all.budget))
		observation_fail(seen, FAULT_DETECTOR, "its budget cannot be read");
	all.known = mem_zeroed(all.budget.count, sizeof *all.known);
	read_all(&all);
	if (all.count == 0 && strpbrk(run->root, " :"))
		observation_fail(
			seen, FAULT_DETECTOR,
			"the monitor cannot be loaded from '%s': move the workbook to a path without blanks and colons",
			run->root);
	processes_check(run, all.processes, all.count, seen);
	for (size_t i = 0; i < all.count; i++)
		for (size_t j = 0; j < all.reports[i].count; j++)
			if (is_judged(&all, i, &all.reports[i].images[j]))
				judge_image(&all, &all.reports[i].images[j]);
	check_replaced(&all);
	if (seen->fault == FAULT_NONE)
		check_known(&all);
	findings_merge(&seen->findings);
	show(&all);
	release(&all);
}

const struct detector detector_budget = {
	.name = "budget",
	.title = "the leak budget",
	.looks_at = "numbers: threads started, joined or left, memory, what the program counts",
	.flavour = "plain",
	.kinds = budget_kinds,
	.bounded = true,
	.channel = CHANNEL_BUDGET,
	.measures = true,
	.headlines = true,
	.prepare = prepare,
	.collect = collect,
};

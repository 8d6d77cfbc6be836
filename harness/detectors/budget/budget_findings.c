/* Findings from the monitor's report. See budget_findings.h. */
#include "budget_findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { MAX_INLINED = 8 };

struct making {
	const struct budget_image *image;
	const struct bound *bound;
	const struct budget_resolver *resolver;
	const struct budget_broken *broken; /* what the monitor saw of this bound; NULL: nothing */
};

/* --- stacks --- */

/* The monitor's own functions, which stand around the program's. */
static bool is_monitors(const char *function)
{
	static const char *const names[] = {"run_main", "run_thread", "run_c11_thread"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (function && strcmp(function, names[i]) == 0)
			return true;
	return false;
}

/* False when the stack ends here. */
static bool add_frames(const struct making *making, struct stack *stack, uint64_t pc)
{
	const struct budget_resolver *resolver = making->resolver;
	struct code_place places[MAX_INLINED];
	size_t count = resolver->code(resolver->context, pc, places, MAX_INLINED);

	for (size_t i = 0; i < count; i++) {
		if (is_monitors(places[i].function))
			return false;
		stack_add_frame(stack, places[i].function ? places[i].function : "?", places[i].file, places[i].line,
				run_owns(resolver->run, places[i].file));
	}
	return true;
}

/* Of a trace without PCs, its routine. */
static void add_stack(const struct making *making, struct finding *finding, const char *role,
		      const struct budget_trace *trace)
{
	struct stack *stack = finding_add_stack(finding, role);

	if (!trace->count && trace->routine)
		add_frames(making, stack, trace->routine);
	/* A return address can be past the end of the line, and even of the function, that called. */
	for (size_t i = 0; i < trace->count && add_frames(making, stack, trace->pcs[i] - 1); i++)
		;
}

/* --- threads --- */

static bool is_of_threads(const struct bound *bound)
{
	static const char *const names[] = {FIGURE_THREADS, FIGURE_STARTED, FIGURE_JOINED, FIGURE_DETACHED,
					    FIGURE_UNJOINED};

	for (size_t i = 0; bound->figure && i < sizeof names / sizeof *names; i++)
		if (strcmp(bound->figure, names[i]) == 0)
			return true;
	return false;
}

/* How many threads of the site the bound is about, at exit: of those that were not joined, if it is about joins. */
static long long left_of(const struct bound *bound, const struct budget_site *site)
{
	if (strcmp(bound->figure, FIGURE_THREADS) == 0 && bound->at_exit)
		return site->running;
	if (strcmp(bound->figure, FIGURE_UNJOINED) == 0)
		return site->unjoined;
	if (strcmp(bound->figure, FIGURE_JOINED) == 0)
		return site->started - site->joined;
	if (strcmp(bound->figure, FIGURE_DETACHED) == 0)
		return site->detached;
	return site->started;
}

/*
 * The same; or all that were started, if no site has any left at exit. So it is
 * of a bound on `unjoined` that broke on the way, where all were joined later.
 */
static long long share_of(const struct making *making, const struct budget_site *site)
{
	const struct budget_image *image = making->image;

	for (size_t i = 0; i < image->site_count; i++)
		if (left_of(making->bound, &image->sites[i]) > 0)
			return left_of(making->bound, site);
	return site->started;
}

/* The function that most of them run; of two, the one that was started first. 0: there is none. */
static uint64_t commonest_routine(const struct making *making)
{
	const struct budget_image *image = making->image;
	uint64_t commonest = 0;
	long long most = 0;

	if (making->broken && making->broken->trace.routine && strcmp(making->bound->figure, FIGURE_THREADS) == 0)
		return making->broken->trace.routine;
	for (size_t i = 0; i < image->site_count; i++) {
		long long sum = 0;
		for (size_t j = 0; j < image->site_count; j++)
			if (image->sites[j].trace.routine == image->sites[i].trace.routine)
				sum += share_of(making, &image->sites[j]);
		if (sum > most) {
			most = sum;
			commonest = image->sites[i].trace.routine;
		}
	}
	return commonest;
}

/*
 * "12 started, 11 joined": what the bound is about, and no more. Whether a
 * thread that nobody waits for has ended at exit differs from run to run.
 */
static char *counts_of(const struct bound *bound, const struct budget_site *site)
{
	if (strcmp(bound->figure, FIGURE_THREADS) == 0 && bound->at_exit)
		return mem_format("%lld started, %lld still running at exit", site->started, site->running);
	if (strcmp(bound->figure, FIGURE_UNJOINED) == 0)
		return mem_format("%lld started, %lld ended and never joined", site->started, site->unjoined);
	if (strcmp(bound->figure, FIGURE_JOINED) == 0)
		return mem_format("%lld started, %lld joined", site->started, site->joined);
	if (strcmp(bound->figure, FIGURE_DETACHED) == 0)
		return mem_format("%lld started, %lld detached", site->started, site->detached);
	return mem_format("%lld started", site->started);
}

/* Two stacks: what its threads run, and where they were started. */
static void add_site(const struct making *making, struct finding *finding, const struct budget_site *site)
{
	const struct budget_trace routine = {.routine = site->trace.routine};
	char *role = counts_of(making->bound, site);

	add_stack(making, finding, role, &routine);
	add_stack(making, finding, "Started", &site->trace);
	free(role);
}

/* The places that start the commonest routine come first, for the first own frame is where the finding is. */
static void place_at_threads(const struct making *making, struct finding *finding)
{
	const struct budget_image *image = making->image;
	uint64_t commonest = commonest_routine(making);

	for (int others = 0; others < 2; others++)
		for (size_t i = 0; i < image->site_count; i++) {
			const struct budget_site *site = &image->sites[i];
			if ((site->trace.routine != commonest) == others && share_of(making, site) > 0)
				add_site(making, finding, site);
		}
	finding_place(finding);
}

/* --- findings --- */

static void place_at_main(struct finding *finding)
{
	free(finding->function);
	finding->function = mem_copy("main");
}

static char *joined(char *text, char *more)
{
	char *all = mem_format("%s%s", text, more);

	free(text);
	free(more);
	return all;
}

/* "'threads <= 20' does not hold: 21 against 20 after 14 ms, and 38 against 20 at worst, after 15 ms" */
static char *words_of(const struct making *making, const struct bound_outcome *outcome)
{
	const struct bound *bound = making->bound;
	const struct budget_broken *broken = making->broken;
	char *value = bound_amount(bound, broken ? broken->value : outcome->value);
	char *limit = bound_amount(bound, broken ? broken->limit : outcome->limit);
	char *words = mem_format("'%s' does not hold: %s against %s", bound->text, value, limit);

	if (broken)
		words = joined(words, mem_format(" after %lld ms", broken->at_us / 1000));
	else if (bound->at_exit)
		words = joined(words, mem_copy(" at exit"));
	if (broken && (broken->worst_value != broken->value || broken->worst_limit != broken->limit)) {
		char *worst = bound_amount(bound, broken->worst_value),
		     *then = bound_amount(bound, broken->worst_limit);
		words = joined(words, mem_format(", and %s against %s at worst, after %lld ms", worst, then,
						 broken->worst_at_us / 1000));
		free(worst);
		free(then);
	}
	free(value);
	free(limit);
	return words;
}

static void add_finding(const struct making *making, const struct bound_outcome *outcome, struct findings *findings)
{
	const struct bound *bound = making->bound;
	struct finding *finding = findings_add(findings, bound->kind);
	const struct figure *figure = bound->figure ? figures_find(&making->image->figures, bound->figure) : NULL;

	free(finding->words);
	finding->words = words_of(making, outcome);
	if (is_of_threads(bound)) {
		place_at_threads(making, finding);
	} else if (figure && figure->gauge && making->broken && making->broken->trace.count) {
		add_stack(making, finding, "First broken here", &making->broken->trace);
		finding_place(finding);
	} else {
		place_at_main(finding);
	}
}

static const struct budget_broken *broken_of(const struct budget_image *image, size_t index)
{
	for (size_t i = 0; i < image->broken_count; i++)
		if (image->broken[i].bound == (long long)index)
			return &image->broken[i];
	return NULL;
}

void budget_findings_add(const struct budget_image *image, const struct budget *budget,
			 const struct budget_resolver *resolver, bool *known, struct findings *findings)
{
	for (size_t i = 0; i < budget->count; i++) {
		struct making making = {.image = image, .bound = &budget->bounds[i], .resolver = resolver};
		struct bound_outcome outcome = bound_check(making.bound, &image->figures);

		making.broken = broken_of(image, i);
		known[i] = known[i] || outcome.state != BOUND_UNKNOWN;
		if (outcome.state != BOUND_UNKNOWN && (making.broken || outcome.state == BOUND_BROKEN))
			add_finding(&making, &outcome, findings);
	}
}

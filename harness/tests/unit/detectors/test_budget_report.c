/* The monitor's report: read whole, cut short, spoilt; and the findings that come of it, with places made up. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detectors/budget/budget_findings.h"
#include "detectors/budget/budget_report.h"

#define FIGURES                                                                                                        \
	"figure threads 1 21 3 3\nfigure started 0 40 40 40\nfigure joined 0 37 37 37\nfigure detached 0 0 0 0\n"      \
	"figure unjoined 0 2 1 1\nfigure memory 10485760 31457280 12582912 12582912\n"                                 \
	"figure descriptors 5 9 6 6\nfigure cpu 0 500000 490000 500000\n"

static const char whole[] = "start 812 811 image\n"
			    "times 3999000 4000000 3750000\n" FIGURES "gauge in_flight 0 20 0 0\n"
			    "gauge queue_depth 0 1001 3 3\n"
			    "site 3 2 0 0 1 1000 : 5001 5101\n"
			    "site 30 29 0 1 0 2000 : 5001 5101\n"
			    "site 7 6 0 1 0 2000 : 5201 5101 9101\n"
			    "broken 0 14000 21 20 15000 38 21 2000 : 5001 5101\n"
			    "broken 2 16000 1001 1000 16000 1001 1000 0 : 6001 5101\n"
			    "series 2000 threads in_flight\n"
			    "sample 1 0\n"
			    "sample 21 20\n"
			    "sample 3 0\n"
			    "maps\n"
			    "5000-6000 r-xp 00000000 00:00 1 /program\n"
			    "end maps\n"
			    "closed exit\n";

static struct budget_report read_text(const char *text)
{
	struct budget_report report;

	budget_report_read(text, strlen(text), &report);
	return report;
}

Test(budget_report, reads_all)
{
	struct budget_report report = read_text(whole);

	cr_assert(report.complete);
	cr_expect_eq(report.pid, 812);
	cr_expect_eq(report.parent, 811);
	cr_assert_eq(report.count, 1);
	const struct budget_image *image = &report.images[0];
	cr_expect_not(image->forked);
	cr_expect_str_eq(image->how, "exit");
	cr_expect_eq(image->figures.count, 10);
	cr_expect_eq(image->figures.wall_us, 4000000);
	cr_expect_eq(image->figures.stop_us, 250000);
	cr_expect_eq(figures_find(&image->figures, "memory")->peak, 31457280);
	cr_expect_not(figures_find(&image->figures, "memory")->gauge);
	cr_expect(figures_find(&image->figures, "queue_depth")->gauge);
	cr_assert_eq(image->site_count, 3);
	cr_expect_eq(image->sites[2].started, 7);
	cr_expect_eq(image->sites[2].trace.routine, 0x2000);
	cr_assert_eq(image->sites[2].trace.count, 3);
	cr_expect_eq(image->sites[2].trace.pcs[2], 0x9101);
	cr_assert_eq(image->broken_count, 2);
	cr_expect_eq(image->broken[0].worst_value, 38);
	cr_expect_eq(image->broken[1].bound, 2);
	cr_assert_eq(image->series.rows, 3);
	cr_expect_eq(image->series.values[1 * 2 + 0], 21);
	cr_expect_str_eq(image->maps, "5000-6000 r-xp 00000000 00:00 1 /program\n");
	budget_report_release(&report);
}

Test(budget_report, knows_when_it_is_cut_short)
{
	struct budget_report report;

	for (size_t length = 0; length < sizeof whole - 1; length++) {
		budget_report_read(whole, length, &report);
		cr_assert_not(report.complete, "cut at %zu", length);
		budget_report_release(&report);
	}
}

/* With every byte replaced in turn: never a crash, and never a report with fewer lines that is complete. */
Test(budget_report, survives_spoilt_bytes)
{
	static const char replacements[] = {'\0', '\n', ' ', 'x', '-', '9', (char)0xff};
	struct budget_report report;
	char *text = mem_copy(whole);

	for (size_t i = 0; i < sizeof whole - 1; i++)
		for (size_t j = 0; j < sizeof replacements; j++) {
			text[i] = replacements[j];
			budget_report_read(text, sizeof whole - 1, &report);
			budget_report_release(&report);
			text[i] = whole[i];
		}
	free(text);
}

Test(budget_report, refuses_what_does_not_belong)
{
	static const char *const bad[] = {
		"",
		"closed exit\n",
		"start 1 2\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\nclosed exit\n",
		"start 1 2 image\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "maps\nend maps\nclosed exit\nclosed exit\n",
		"start 1 2 image\n" FIGURES "maps\nend maps\nclosed exit\nfigure x 1 2 3 4\n",
		"start 1 2 image\n" FIGURES FIGURES "maps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "what 1\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "figure x 1 2 3\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "figure x 1 2 3 +4\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "site 1 2 3 4 5 1000\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "site 1 2 3 4 5 1000 : 0\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "sample 1\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "series 5 a b\nsample 1\nmaps\nend maps\nclosed exit\n",
		"start 1 2 image\n" FIGURES "maps\nend maps\nclosed exit\nresumed\n",
		"start 1 2 image\n" FIGURES "maps\nend maps\nclosed exec\nresumed\n",
		"start 1 2 image\n" FIGURES "maps\nend maps\nclosed exec\nstart 3 2 image\n" FIGURES
		"maps\nend maps\nclosed exit\n",
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct budget_report report = read_text(bad[i]);
		cr_expect_not(report.complete, "complete: %s", bad[i]);
		budget_report_release(&report);
	}
}

Test(budget_report, reads_one_image_after_the_other)
{
	struct budget_report report =
		read_text("start 1 2 fork\n" FIGURES "gauge a 0 1 1 1\nmaps\nend maps\nclosed exec\nresumed\n" FIGURES
			  "gauge b 0 1 1 1\nmaps\nend maps\nclosed exec\nstart 1 2 image\n" FIGURES
			  "maps\nend maps\nclosed exit\n");

	cr_assert(report.complete);
	cr_assert_eq(report.count, 2);
	cr_expect(report.images[0].forked);
	cr_expect_null(figures_find(&report.images[0].figures, "a"));
	cr_expect_not_null(figures_find(&report.images[0].figures, "b"));
	cr_expect_not(report.images[1].forked);
	budget_report_release(&report);
}

Test(budget_report, becomes_json)
{
	static const struct {
		const char *key;
		long long number;
	} expected[] = {{"threads_started", 40},    {"threads_peak", 21},	{"threads_at_exit", 3},
			{"threads_joined", 37},	    {"threads_detached", 0},	{"threads_unjoined_at_exit", 1},
			{"memory_start", 10485760}, {"memory_peak", 31457280},	{"memory_at_exit", 12582912},
			{"descriptors_start", 5},   {"descriptors_peak", 9},	{"descriptors_at_exit", 6},
			{"cpu_us", 500000},	    {"wall_us", 4000000},	{"cpu_percent", 12},
			{"stop_us", 250000},	    {"queue_depth_peak", 1001}, {"queue_depth_at_exit", 3},
			{"in_flight_peak", 20},	    {"in_flight_at_exit", 0}};
	struct budget_report report = read_text(whole);
	json_t *object = budget_image_to_json(&report.images[0]);

	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		cr_expect_eq(json_integer_value(json_object_get(object, expected[i].key)), expected[i].number, "%s",
			     expected[i].key);
	const json_t *series = json_object_get(object, "series");
	cr_expect_eq(json_integer_value(json_object_get(series, "width_us")), 2000);
	cr_expect_eq(json_integer_value(json_array_get(json_object_get(series, "threads"), 1)), 21);
	json_decref(object);
	report.images[0].figures.stop_us = -1;
	object = budget_image_to_json(&report.images[0]);
	cr_expect(json_is_null(json_object_get(object, "stop_us")));
	json_decref(object);
	budget_report_release(&report);
}

Test(budget_report, becomes_bounds_with_their_values)
{
	static const struct {
		const char *bound;
		bool holds;
		long long value, limit;		       /* -1: not there */
	} cases[] = {{"threads <= 20", false, 38, 21}, /* at its worst, as the monitor saw it */
		     {"threads <= 25", true, 21, 25},
		     {"threads <= in_flight + 1", true, 21, -1},
		     {"threads >= in_flight", true, -1, -1},
		     {"joined == started", false, 37, 40},
		     {"threads at exit <= in_flight + 3", true, 3, 3},
		     {"memory <= start + 1 MiB", false, 31457280, 11534336},
		     {"cpu <= 20 %", true, 13, 20},
		     {"stops within 300 ms of SIGTERM", true, 250000, 300000}};
	struct budget_report report = read_text(whole);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct budget budget = {0};
		char *error;
		/* Only of the first does the monitor's report tell; the second one of this budget has no such line. */
		cr_assert(budget_parse(&budget, i ? "threads <= 1" : cases[i].bound, &error), "%s", error);
		cr_assert(i == 0 || budget_parse(&budget, cases[i].bound, &error));
		json_t *object = budget_bound_to_json(&report.images[0], &budget, i ? 1 : 0);
		const json_t *value = json_object_get(object, "value"), *limit = json_object_get(object, "limit");
		cr_expect_str_eq(json_string_value(json_object_get(object, "bound")), cases[i].bound);
		cr_expect_eq(json_is_true(json_object_get(object, "holds")), cases[i].holds, "%s", cases[i].bound);
		cr_expect_eq(value ? json_integer_value(value) : -1, cases[i].value, "%s", cases[i].bound);
		cr_expect_eq(limit ? json_integer_value(limit) : -1, cases[i].limit, "%s", cases[i].bound);
		json_decref(object);
		budget_release(&budget);
	}
	budget_report_release(&report);
}

/* --- findings --- */

/* Code of a program whose functions lie 0x1000 apart, in own sources but for the last. */
static size_t code_at(void *context, uint64_t pc, struct code_place *places, size_t room)
{
	static const char *const names[] = {NULL,	"timer_loop", "worker_loop", NULL, NULL,
					    "pool_new", "submit",     NULL,	     NULL, "run_main"};
	size_t index = pc >> 12;

	(void)context, (void)room;
	places[0] = (struct code_place){0};
	if (index < sizeof names / sizeof *names && names[index])
		places[0] = (struct code_place){.function = names[index],
						.file = index == 9 ? "/kit/monitor.c" : "/own/pool.c",
						.line = (int)(pc & 0xfff)};
	if (index == 5 && (pc & 0xfff) == 0x100)
		places[0].function = "main";
	return 1;
}

static struct findings find(const struct budget_report *report, const char *bounds, bool known[BUDGET_BOUNDS])
{
	struct run run = {.own = (char *const[]){"/own", NULL}};
	struct budget_resolver resolver = {.code = code_at, .run = &run};
	struct budget budget = {0};
	struct findings findings = {0};
	char *error;

	cr_assert(budget_parse(&budget, bounds, &error), "%s", error);
	memset(known, 0, BUDGET_BOUNDS * sizeof *known);
	budget_findings_add(&report->images[0], &budget, &resolver, known, &findings);
	budget_release(&budget);
	return findings;
}

static void expect_place(const struct finding *finding, const char *kind, const char *function, const char *words)
{
	cr_expect_str_eq(finding->kind, kind);
	cr_expect_str_eq(finding->function, function, "%s: %s", kind, finding->function);
	cr_expect_str_eq(finding->words, words, "%s", finding->words);
}

Test(budget_report, becomes_findings)
{
	struct budget_report report = read_text(whole);
	bool known[BUDGET_BOUNDS];
	struct findings found =
		find(&report,
		     "threads <= in_flight + 1, started <= 40, queue_depth <= 1000, threads at exit <= 1, "
		     "unjoined at exit <= 0, joined == started, memory <= start + 1 MiB, cpu <= 1 %, "
		     "stops within 100 ms of SIGTERM, descriptors at exit <= start",
		     known);

	cr_assert_eq(found.count, 9);
	expect_place(
		&found.items[0], "threads", "worker_loop",
		"'threads <= in_flight + 1' does not hold: 21 against 20 after 14 ms, and 38 against 21 at worst, after 15 ms");
	expect_place(&found.items[1], "queue_depth", "submit",
		     "'queue_depth <= 1000' does not hold: 1001 against 1000 after 16 ms");
	expect_place(&found.items[2], "threads-at-exit", "worker_loop",
		     "'threads at exit <= 1' does not hold: 3 against 1 at exit");
	expect_place(&found.items[3], "unjoined-at-exit", "timer_loop",
		     "'unjoined at exit <= 0' does not hold: 1 against 0 at exit");
	expect_place(&found.items[4], "joined", "worker_loop",
		     "'joined == started' does not hold: 37 against 40 at exit");
	expect_place(&found.items[5], "memory", "main",
		     "'memory <= start + 1 MiB' does not hold: 30.0 MiB against 11.0 MiB");
	expect_place(&found.items[6], "cpu", "main", "'cpu <= 1 %' does not hold: 13 % against 1 %");
	expect_place(&found.items[7], "stop", "main",
		     "'stops within 100 ms of SIGTERM' does not hold: 250 ms against 100 ms");
	expect_place(&found.items[8], "descriptors-at-exit", "main",
		     "'descriptors at exit <= start' does not hold: 6 against 5 at exit");
	for (size_t i = 0; i < 10; i++)
		cr_expect(known[i]);
	findings_release(&found);
	budget_report_release(&report);
}

Test(budget_report, shows_where_threads_start)
{
	struct budget_report report = read_text(whole);
	bool known[BUDGET_BOUNDS];
	struct findings found = find(&report, "threads at exit <= 1", known);

	cr_assert_eq(found.count, 1);
	const struct finding *finding = &found.items[0];
	/* For each place: what the threads run, then who started them; what stands around main() is left out. */
	cr_assert_eq(finding->stack_count, 4);
	cr_expect_str_eq(finding->stacks[0].role, "30 started, 1 still running at exit");
	cr_expect_str_eq(finding->stacks[2].role, "7 started, 1 still running at exit");
	cr_assert_eq(finding->stacks[2].count, 1);
	cr_expect_str_eq(finding->stacks[2].frames[0].function, "worker_loop");
	const struct stack *stack = &finding->stacks[3];
	cr_expect_str_eq(stack->role, "Started");
	cr_assert_eq(stack->count, 2);
	cr_expect_str_eq(stack->frames[0].function, "pool_new");
	cr_expect_eq(stack->frames[0].line, 0x200);
	cr_expect_str_eq(stack->frames[1].function, "main");
	findings_release(&found);
	budget_report_release(&report);
}

/* They were unjoined for a time, and at exit nothing is left of it but that they were started. */
Test(budget_report, finds_those_that_were_joined_late)
{
	struct budget_report report = read_text("start 1 2 image\n" FIGURES "site 1 1 0 0 0 1000 : 5001\n"
						"site 12 12 0 0 0 2000 : 5201\n"
						"broken 0 14000 2 1 15000 12 1 2000 : 5201\n"
						"maps\nend maps\nclosed exit\n");
	bool known[BUDGET_BOUNDS];
	struct findings found = find(&report, "unjoined <= 1", known);

	cr_assert_eq(found.count, 1);
	expect_place(&found.items[0], "unjoined", "worker_loop",
		     "'unjoined <= 1' does not hold: 2 against 1 after 14 ms, and 12 against 1 at worst, after 15 ms");
	cr_assert_eq(found.items[0].stack_count, 4);
	cr_expect_str_eq(found.items[0].stacks[0].role, "12 started, 0 ended and never joined");
	findings_release(&found);
	budget_report_release(&report);
}

Test(budget_report, tells_what_it_cannot_know)
{
	struct budget_report report = read_text(whole);
	bool known[BUDGET_BOUNDS];
	struct findings found = find(&report, "threads <= 50, lost <= 1, dropped == rejected", known);

	cr_expect_eq(found.count, 1); /* the first was broken, says the monitor */
	cr_expect(known[0]);
	cr_expect_not(known[1]);
	cr_expect_not(known[2]);
	findings_release(&found);
	budget_report_release(&report);
}

Test(budget_report, explains_every_kind)
{
	const struct detector *budget = detector_named("budget");

	for (const struct kind *kind = budget_kinds; kind->name; kind++)
		cr_expect_gt(strlen(kind->meaning), 40);
	cr_expect_str_eq(detector_kind(budget, "memory-at-exit")->meaning, detector_kind(budget, "memory")->meaning);
	cr_expect_str_neq(detector_kind(budget, "threads-at-exit")->meaning, detector_kind(budget, "threads")->meaning);
	cr_expect_eq(detector_kind(budget, "queue_depth-at-exit"), detector_kind(budget, "any_gauge"));
}

/* A bound that holds from below is not told as a program that grows. */
Test(budget_report, explains_too_little)
{
	static const char *const figures[] = {FIGURE_THREADS,  FIGURE_STARTED, FIGURE_JOINED,	  FIGURE_DETACHED,
					      FIGURE_UNJOINED, FIGURE_MEMORY,  FIGURE_DESCRIPTORS};
	static const char *const ends[] = {"-below", "-below-at-exit"};

	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++)
		for (size_t j = 0; j < 2; j++) {
			char *name = mem_format("%s%s", figures[i], ends[j]);
			const char *meaning = detector_kind(detector_named("budget"), name)->meaning;
			cr_expect(strncmp(meaning, "Fewer ", 6) == 0 || strncmp(meaning, "Less ", 5) == 0, "%s: %s",
				  name, meaning);
			free(name);
		}
}

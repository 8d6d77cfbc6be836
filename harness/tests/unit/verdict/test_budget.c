/* Budgets as people write them: what is read, what is refused and with which words, and what figures say of it. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "verdict/budget.h"

static struct budget parsed(const char *text)
{
	struct budget budget = {0};
	char *error;

	cr_assert(budget_parse(&budget, text, &error), "%s", error);
	cr_assert_null(error);
	return budget;
}

static void expect_for_monitor(const char *text, const char *expected)
{
	struct budget budget = parsed(text);
	char *got = budget_for_monitor(&budget);

	cr_expect_str_eq(got, expected, "'%s' became '%s'", text, got);
	free(got);
	budget_release(&budget);
}

Test(budget, reads_every_form)
{
	expect_for_monitor("threads <= in_flight + 10", "0 threads <= 10 1 in_flight");
	expect_for_monitor("threads at exit <= 1", "");
	expect_for_monitor("started <= 20", "0 started <= 20");
	expect_for_monitor("memory <= start + 16 MiB", "0 memory <= 16777216 1 memory.start");
	expect_for_monitor("descriptors <= start + 4", "0 descriptors <= 4 1 descriptors.start");
	expect_for_monitor("queue_depth <= 1000", "0 queue_depth <= 1000");
	expect_for_monitor("dropped == rejected", "");
	expect_for_monitor("cpu <= 20 %", "");
	expect_for_monitor("stops within 500 ms of SIGTERM", "0 stop 15");
	expect_for_monitor("threads<=2*in_flight-1", "0 threads <= -1 2 in_flight");
	expect_for_monitor("memory < start + 64 KiB * clients + 1 B", "0 memory < 1 1 memory.start 65536 clients");
	expect_for_monitor("free_slots >= 10 - in_flight + x", "0 free_slots >= 10 -1 in_flight 1 x");
	expect_for_monitor(" a > - 3 ,\n b<5,c at exit<=1, d <= 1 ", "0 a > -3;1 b < 5;3 d <= 1");
	expect_for_monitor("bytes_held <= 10 MiB", "0 bytes_held <= 10485760");
	/* No words of the grammar, though they begin like them. */
	expect_for_monitor("stops_seen <= startups", "0 stops_seen <= 0 1 startups");
}

Test(budget, names_the_kind)
{
	static const char *const pairs[][2] = {{"threads <= 1", "threads"},
					       {"threads  at exit <= 1", "threads-at-exit"},
					       {"unjoined at exit <= 0", "unjoined-at-exit"},
					       {"dropped == rejected", "dropped"},
					       {"queue_depth at exit == 0", "queue_depth-at-exit"},
					       {"threads >= workers + 1", "threads-below"},
					       {"memory at exit > 1 MiB", "memory-below-at-exit"},
					       {"cpu <= 50 ms", "cpu"},
					       {"stops within 2 s of SIGINT", "stop"}};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct budget budget = parsed(pairs[i][0]);
		cr_expect_str_eq(budget.bounds[0].kind, pairs[i][1]);
		cr_expect(budget_has_kind(&budget, pairs[i][1]));
		cr_expect_not(budget_has_kind(&budget, "joined"));
		budget_release(&budget);
	}
}

Test(budget, keeps_the_text)
{
	struct budget budget =
		parsed("  threads   at exit  <= 1,stops within 2 s of  SIGINT, stops within 5 us of SIGHUP");

	cr_expect_str_eq(budget.bounds[0].text, "threads at exit <= 1");
	cr_expect_str_eq(budget.bounds[1].text, "stops within 2000 ms of SIGINT");
	cr_expect_eq(budget.bounds[1].signal, SIGINT);
	cr_expect_str_eq(budget.bounds[2].text, "stops within 5 us of SIGHUP");
	/* Of what a service is asked with, when nothing else is said. */
	struct budget short_form = {0};
	char *error = NULL;
	cr_expect(budget_parse(&short_form, "stops within 2 s", &error));
	cr_expect_str_eq(short_form.bounds[0].text, "stops within 2000 ms of SIGTERM");
	budget_release(&short_form);
	budget_release(&budget);
}

Test(budget, refuses_with_the_fix)
{
	static const char *const pairs[][2] = {
		{"", "a bound is needed"},
		{"threads <= 1,", "a bound is needed"},
		{"threads", "a comparison is needed here"},
		{"threads =< 1", "a comparison is needed here: <=, <, >=, >, == or !=; got '=< 1'"},
		{"threads at end <= 1", "after 'at' comes 'exit'; got 'end <= 1'"},
		{"threads <=", "a figure is needed"},
		{"threads <= 1 2", "nothing may follow; bounds are separated by commas"},
		{"threads <= 1 and started <= 2", "unknown unit 'and'"},
		{"<= 1", "a figure is needed"},
		{"memory <= 16", "memory is counted in B, KiB, MiB or GiB: say which"},
		{"memory <= start", "say which"},
		{"memory <= 16 MB", "unknown unit 'MB'; there are B, KiB, MiB"},
		{"memory <= 16 ms", "memory is counted in B"},
		{"cpu <= 20", "cpu is counted in us, ms, s or %: say which"},
		{"cpu at exit <= 20 %", "leave 'at exit' away"},
		{"cpu <= 20 % * in_flight", "cpu can be compared with a number only"},
		{"threads <= 1 KiB", "threads is a number of things; leave the unit away"},
		{"queue_depth <= 5 ms", "queue_depth has no us, ms or s"},
		{"memory <= 1 MiB + 1 ms", "'ms' does not go with B, KiB, MiB or GiB"},
		{"threads <= start + 1", "'start' goes with memory and descriptors only"},
		{"threads <= 1.5", "numbers are whole"},
		{"memory <= 9999999999999999 B", "a number has at most 15 digits"},
		{"memory <= 999999999999999 GiB", "the number is too large"},
		{"threads <= a + b + c + d + e", "a sum has at most 4 figures"},
		{"an_extremely_long_name_for_a_gauge <= 1", "a name has at most 31 characters"},
		{"threads_at_exit <= 1", "for 'threads_at_exit' write 'threads at exit'"},
		{"queue_depth_at_exit <= 1", "for 'queue_depth_at_exit' write 'queue_depth at exit'"},
		{"threads_peak <= 1", "for 'threads_peak' write 'threads'"},
		{"memory <= memory_start + 1 MiB", "for 'memory_start' write 'start'"},
		{"stops <= 500 ms", "write it as 'stops within 500 ms of SIGTERM'"},
		{"stops within 500 of SIGTERM", "write it as"},
		{"stops within 500 MiB of SIGTERM", "write it as"},
		{"stops within 500 ms of SIGKILL", "a signal is needed: SIGTERM"},
		{"stops within 500 ms of SIGTERM now", "nothing may follow"},
	};

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct budget budget = {0};
		char *error = NULL;
		cr_assert_not(budget_parse(&budget, pairs[i][0], &error), "'%s' was taken", pairs[i][0]);
		cr_expect(strstr(error, pairs[i][1]), "'%s' says: %s", pairs[i][0], error);
		cr_expect_null(strchr(error, '\n'));
		free(error);
		budget_release(&budget);
	}
}

Test(budget, has_at_most_32_bounds)
{
	struct budget budget = {0};
	char *error;

	for (int i = 0; i < BUDGET_BOUNDS; i++)
		cr_assert(budget_parse(&budget, "threads <= 1", &error));
	cr_assert_not(budget_parse(&budget, "threads <= 1", &error));
	cr_expect_eq(budget.count, BUDGET_BOUNDS);
	free(error);
	budget_release(&budget);
}

/* A program that peaked at 21 threads, 3 at exit, of 40; 30 MiB from 10; 4 s, of which it worked 0.5. */
static struct figures made_figures(void)
{
	static const struct figure items[] = {
		{"threads", 1, 21, 3, 3, false},    {"started", 0, 40, 40, 40, false},
		{"joined", 0, 37, 37, 38, false},   {"memory", 10 << 20, 30 << 20, 12 << 20, 12 << 20, false},
		{"descriptors", 5, 9, 6, 6, false}, {"cpu", 0, 500000, 490000, 500000, false},
		{"in_flight", 0, 20, 0, 0, true},   {"dropped", 0, 7, 7, 7, true},
		{"rejected", 0, 8, 7, 8, true},
	};
	struct figures figures = {.count = sizeof items / sizeof *items, .wall_us = 4000000, .stop_us = 250000};

	figures.items = mem_zeroed(figures.count, sizeof items[0]);
	for (size_t i = 0; i < figures.count; i++) {
		figures.items[i] = items[i];
		figures.items[i].name = mem_copy(items[i].name);
	}
	return figures;
}

Test(budget, is_held_against_figures)
{
	static const struct {
		const char *text;
		enum bound_state state;
		long long value, limit;
	} cases[] = {
		{"threads <= 21", BOUND_HOLDS, 21, 21},
		{"threads < 21", BOUND_BROKEN, 21, 21},
		{"threads <= 20", BOUND_BROKEN, 21, 20},
		{"threads at exit <= 1", BOUND_BROKEN, 3, 1},
		{"threads at exit <= in_flight + 3", BOUND_HOLDS, 3, 3},
		{"threads at exit <= 2 * dropped - 12", BOUND_BROKEN, 3, 2},
		{"started <= 39", BOUND_BROKEN, 40, 39},
		{"joined == started", BOUND_BROKEN, 37, 40},
		{"joined != started", BOUND_HOLDS, 37, 40},
		{"dropped == rejected", BOUND_HOLDS, 7, 7},
		{"dropped at exit >= 8", BOUND_BROKEN, 7, 8},
		{"dropped at exit > 6", BOUND_HOLDS, 7, 6},
		{"memory <= start + 20 MiB", BOUND_HOLDS, 30 << 20, 30 << 20},
		{"memory <= start + 19 MiB", BOUND_BROKEN, 30 << 20, 29 << 20},
		{"memory at exit <= start + 1 MiB", BOUND_BROKEN, 12 << 20, 11 << 20},
		{"descriptors at exit <= start", BOUND_BROKEN, 6, 5},
		{"cpu <= 13 %", BOUND_HOLDS, 13, 13},
		{"cpu <= 12 %", BOUND_BROKEN, 13, 12},
		{"cpu <= 499 ms", BOUND_BROKEN, 500000, 499000},
		{"stops within 250 ms of SIGTERM", BOUND_HOLDS, 250000, 250000},
		{"stops within 249 ms of SIGTERM", BOUND_BROKEN, 250000, 249000},
		/* Of these the monitor alone can tell. */
		{"threads <= in_flight + 1", BOUND_HOLDS, 21, 1},
		{"in_flight >= 1", BOUND_HOLDS, 20, 1},
	};
	struct figures figures = made_figures();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct budget budget = parsed(cases[i].text);
		struct bound_outcome outcome = bound_check(&budget.bounds[0], &figures);
		cr_expect_eq(outcome.state, cases[i].state, "%s", cases[i].text);
		cr_expect_eq(outcome.value, cases[i].value, "%s: %lld", cases[i].text, outcome.value);
		cr_expect_eq(outcome.limit, cases[i].limit, "%s: %lld", cases[i].text, outcome.limit);
		budget_release(&budget);
	}
	figures_release(&figures);
}

Test(budget, says_nothing_of_what_was_not_measured)
{
	struct figures figures = made_figures();
	struct budget budget = parsed("queue_depth <= 1, dropped == lost, stops within 1 s of SIGTERM");

	figures.stop_us = -1;
	cr_expect_eq(bound_check(&budget.bounds[0], &figures).state, BOUND_UNKNOWN);
	cr_expect_str_eq(bound_check(&budget.bounds[0], &figures).missing, "queue_depth");
	cr_expect_str_eq(bound_check(&budget.bounds[1], &figures).missing, "lost");
	cr_expect_eq(bound_check(&budget.bounds[2], &figures).state, BOUND_UNKNOWN);
	cr_expect_null(bound_check(&budget.bounds[2], &figures).missing);
	budget_release(&budget);
	figures_release(&figures);
}

Test(budget, prints_amounts)
{
	static const struct {
		const char *bound;
		long long value;
		const char *text;
	} cases[] = {{"threads <= 1", 21, "21"},
		     {"threads <= 1", -3, "-3"},
		     {"memory <= 1 B", 512, "512 B"},
		     {"memory <= 1 B", 18140365, "17.3 MiB"},
		     {"memory <= 1 B", -2048, "-2.0 KiB"},
		     {"memory <= 1 B", 5LL << 40, "5120.0 GiB"},
		     {"cpu <= 1 %", 42, "42 %"},
		     {"cpu <= 1 s", 1204000, "1204 ms"},
		     {"stops within 1 s of SIGTERM", 12500000, "12.5 s"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct budget budget = parsed(cases[i].bound);
		char *text = bound_amount(&budget.bounds[0], cases[i].value);
		cr_expect_str_eq(text, cases[i].text, "%s", text);
		free(text);
		budget_release(&budget);
	}
}

Test(budget, survives_any_text)
{
	static const char alphabet[] =
		"a_1 <=>!+-*%,.\t\nKiBmsat exit stops within of SIGTERM start memory cpu\xff\x01";
	unsigned seed = 1;

	for (int i = 0; i < 20000; i++) {
		struct budget budget = {0};
		char text[24], *error;
		size_t length = (seed >> 8) % sizeof text;
		for (size_t j = 0; j < length; j++) {
			seed = seed * 1103515245u + 12345u;
			text[j] = alphabet[(seed >> 8) % (sizeof alphabet - 1)];
		}
		text[length] = '\0';
		seed = seed * 1103515245u + 12345u;
		if (!budget_parse(&budget, text, &error))
			cr_assert_not_null(error);
		free(error);
		budget_release(&budget);
	}
}

/* Pictures of threads and gauges: in the terminal, and as gnuplot is told. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/plot.h"

static const struct style plain = {.width = 44}, unicode = {.width = 44, .utf8 = true};

#define PRINTED(text, call)                                                                                            \
	do {                                                                                                           \
		size_t printed_size;                                                                                   \
		FILE *out = open_memstream(&(text), &printed_size);                                                    \
		call;                                                                                                  \
		fclose(out);                                                                                           \
	} while (0)

static bool make(struct plot *plot, const char *json, const char *bounds)
{
	json_t *measured = json_loads(json, 0, NULL);

	cr_assert_not_null(measured, "%s", json);
	bool made = plot_init(plot, measured, bounds);
	json_decref(measured);
	return made;
}

static const char requests[] =
	"{\"wall_us\": 79000, \"threads_at_exit\": 3, \"series\": {\"width_us\": 10000, \"threads\": [1, 2, 4, 5, 4, 3, 3, 3],"
	" \"in_flight\": [0, 1, 3, 4, 2, 0, 0, 0], \"memory\": [9, 9, 9, 9, 9, 9, 9, 9], \"cpu\": [0, 0, 0, 0, 0, 0, 0, 0]}}";
static const char in_flight[] = "threads at exit <= 1, memory <= start + 1 MiB, threads <= in_flight + 1";

static void expect_print(struct style style, const char *json, const char *bounds, const char *expected)
{
	struct plot plot;
	char *text = NULL;

	cr_assert(make(&plot, json, bounds));
	PRINTED(text, plot_print(out, style, &plot));
	cr_expect_str_eq(text, expected, "%s", text);
	free(text);
	plot_release(&plot);
}

Test(plot, shows_threads_and_their_gauge)
{
	expect_print(unicode, requests, in_flight,
		     "threads and in_flight over time\n"
		     "number\n"
		     "5 ┤               ██████\n"
		     "4 ┤          █████○○○○○○█████\n"
		     "3 ┤          ○○○○○██████████████████████████\n"
		     "2 ┤     ████████████████○○○○○███████████████\n"
		     "1 ┤█████○○○○○███████████████████████████████\n"
		     "0 ┼○○○○○─────────────────────○○○○○○○○○○○○○○○\n"
		     "   0         time since the start      79 ms\n"
		     "   █ threads   ○ in_flight\n");
}

Test(plot, is_plain_where_the_terminal_is)
{
	expect_print(plain, requests, in_flight,
		     "threads and in_flight over time\n"
		     "number\n"
		     "5 +               ######\n"
		     "4 +          #####oooooo#####\n"
		     "3 +          ooooo##########################\n"
		     "2 +     ################ooooo###############\n"
		     "1 +#####ooooo###############################\n"
		     "0 +ooooo---------------------ooooooooooooooo\n"
		     "   0         time since the start      79 ms\n"
		     "   # threads   o in_flight\n");
}

Test(plot, colours_the_marks_alone)
{
	struct style style = unicode;
	struct plot plot;
	char *text = NULL;

	style.colour = true;
	cr_assert(make(&plot, requests, in_flight));
	PRINTED(text, plot_print(out, style, &plot));
	cr_expect(strstr(text, "\033[1mthreads and in_flight over time\033[0m\nnumber\n"), "%s", text);
	cr_expect(strstr(text, "5 ┤               ██████\n"), "%s", text);
	cr_expect(strstr(text, "█████\033[33m○\033[0m"), "%s", text);
	free(text);
	plot_release(&plot);
}

Test(plot, takes_rows_together_where_there_are_many)
{
	static const char many[] =
		"{\"wall_us\": 3999999, \"threads_at_exit\": 38, \"series\": {\"width_us\": 1000000, "
		"\"threads\": [1, 13, 26, 38]}}";

	expect_print(unicode, many, NULL,
		     "threads over time\n"
		     "number\n"
		     "40 ┤                              ██████████\n"
		     "   │                              ██████████\n"
		     "30 ┤                    ▄▄▄▄▄▄▄▄▄▄██████████\n"
		     "   │                    ████████████████████\n"
		     "20 ┤                    ████████████████████\n"
		     "   │          ██████████████████████████████\n"
		     "10 ┤          ██████████████████████████████\n"
		     "   │▄▄▄▄▄▄▄▄▄▄██████████████████████████████\n"
		     " 0 ┼────────────────────────────────────────\n"
		     "    0         time since the start   4000 ms\n"
		     "    █ threads\n");
}

Test(plot, has_room_for_little)
{
	static const char little[] =
		"{\"wall_us\": 0, \"threads_at_exit\": 1, \"series\": {\"width_us\": 1, \"threads\": [1]}}";
	static const struct style narrow = {.width = 20};

	expect_print(narrow, little, "threads <= 9",
		     "threads over time\n"
		     "number\n"
		     "4 +\n"
		     "3 +\n"
		     "2 +\n"
		     "1 +#################\n"
		     "0 +-----------------\n"
		     "   0         0.00 ms\n"
		     "   # threads\n");
}

/* Another figure's width, values below 0, and a number that no picture has room for. */
Test(plot, survives_what_a_program_may_publish)
{
	static const char odd[] =
		"{\"wall_us\": 40, \"threads_at_exit\": 1, \"series\": {\"width_us\": 10, \"threads\": [1, 2, 1, 1],"
		" \"below\": [-5, -5, -5, -5], \"short\": [1], \"vast\": [0, 9223372036854775807, 0, 0]}}";
	struct plot plot;
	char *text = NULL;

	cr_assert(make(&plot, odd, "threads <= below + short + vast + missing"));
	cr_expect_eq(plot.line_count, 3);
	PRINTED(text, plot_print(out, unicode, &plot));
	cr_expect(strstr(text, "threads, below and vast over time\n"), "%s", text);
	cr_expect(strstr(text, " 0 ┼○○○○○○○○○○○○○○○○○○○○○○○○○○\n"), "what is below 0 is on the axis:\n%s", text);
	free(text);
	plot_release(&plot);
}

Test(plot, is_of_gauges_that_bound_threads)
{
	static const struct {
		const char *bounds;
		size_t lines;
	} cases[] = {{NULL, 1},
		     {"threads <= 20", 1},
		     {"in_flight <= 20", 1},
		     {"threads at exit <= 1", 1},
		     {"in_flight <= threads", 1},
		     {"threads <= 2 * in_flight + 1, threads at exit <= in_flight", 2},
		     {"stops within 1 s of SIGTERM, threads <= in_flight", 2}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct plot plot;
		cr_assert(make(&plot, requests, cases[i].bounds));
		cr_expect_eq(plot.line_count, cases[i].lines, "%s", cases[i].bounds);
		plot_release(&plot);
	}
}

Test(plot, is_none_of_nothing)
{
	static const char *const nothing[] = {"{}", "{\"series\": {}}",
					      "{\"series\": {\"width_us\": 5, \"threads\": []}}",
					      "{\"series\": {\"width_us\": 0, \"threads\": [1]}}",
					      "{\"series\": {\"width_us\": [1], \"threads\": [1]}}"};
	struct plot plot;

	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		cr_expect_not(make(&plot, nothing[i], in_flight), "%s", nothing[i]);
	cr_expect_not(plot_init(&plot, NULL, in_flight));
}

Test(plot, steps_are_round)
{
	static const long long cases[][3] = {{0, 12, 1},    {12, 12, 1},     {13, 12, 2},
					     {110, 12, 10}, {1001, 12, 100}, {241, 12, 50}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(plot_step(cases[i][0], (int)cases[i][1]), cases[i][2], "%lld", cases[i][0]);
}

/* --- for gnuplot --- */

static char *script_of(const char *broken_json, const char *fixed_json, const char *bounds)
{
	struct plot broken, fixed;
	char *text = NULL;

	cr_assert(make(&broken, broken_json, bounds) && make(&fixed, fixed_json, bounds));
	PRINTED(text, plot_script(out, "it's", &broken, &fixed));
	plot_release(&broken);
	plot_release(&fixed);
	return text;
}

static void has(const char *text, const char *part)
{
	cr_expect(strstr(text, part), "no '%s' in:\n%s", part, text);
}

Test(plot, script_has_one_scale_and_steps)
{
	static const char fixed[] = "{\"wall_us\": 30000, \"threads_at_exit\": 1, \"series\": {\"width_us\": 10000, "
				    "\"threads\": [1, 12, 2], \"in_flight\": [0, 11, 0]}}";
	char *text = script_of(requests, fixed, in_flight);

	has(text, "$broken0 << END\n0 1\n10 2\n20 4\n30 5\n40 4\n50 3\n79 3\nEND\n");
	/* To the end of the run, and to what was left then. */
	has(text, "$fixed0 << END\n0 1\n10 12\n20 2\n30 1\nEND\n$fixed1 << END\n0 0\n10 11\n20 0\n30 0\nEND\n");
	has(text, "set xrange [0:80.58]\nset xlabel 'time since the start, ms'\nset yrange [0:14]\nset ytics 2\n");
	cr_expect_null(strstr(strstr(text, "set xrange") + 1, "set xrange"), "%s", text);
	cr_expect_null(strstr(strstr(text, "set yrange") + 1, "set yrange"), "%s", text);
	has(text, "title 'it''s' noenhanced");
	has(text, "{/:Bold broken}\\n{/=12 threads at exit: 3}");
	has(text, "{/:Bold fixed}\\n{/=12 threads at exit: 1}");
	has(text, "set label 11 'in_flight' at screen");
	cr_expect_null(strstr(text, "label 12"), "a name that both have stands in the legend once:\n%s", text);
	has(text, "set label 1 'exit' at 30,");
	free(text);
}

Test(plot, script_counts_in_seconds_and_below_zero)
{
	static const char slow[] =
		"{\"wall_us\": 20000000, \"threads_at_exit\": 1, \"series\": {\"width_us\": 10000000, "
		"\"threads\": [1, 1], \"balance\": [-7, 3]}}";
	char *text = script_of(slow, slow, "threads <= balance");

	has(text, "$broken1 << END\n0 -7\n10 3\n20 3\nEND\n");
	has(text, "set xlabel 'time since the start, s'\nset yrange [-8:4]\nset ytics 2\n");
	cr_expect_null(strstr(text, "'exit'"), "%s", text);
	free(text);
}

/* --- the curve of a bound --- */

static const struct bound *broken_of(struct budget *budget, json_t *measured, const char *bounds, const char *kinds[])
{
	struct findings findings = {0};
	char *error = NULL;

	cr_assert(budget_parse(budget, bounds, &error), "%s", error);
	for (size_t i = 0; kinds[i]; i++)
		findings_add(&findings, kinds[i]);
	const struct bound *bound = plot_broken_bound(budget, measured, &findings);
	findings_release(&findings);
	return bound;
}

Test(plot, is_of_the_figure_whose_bound_is_broken)
{
	static const struct {
		const char *kinds[4], *bound;
	} cases[] = {
		{{"threads-at-exit", "threads"}, "threads <= in_flight + 1"},
		{{"threads-at-exit"}, "threads at exit <= 1"},
		{{"joined", "in_flight"}, "in_flight <= 3"},
		{{"joined"}, NULL},
		{{"gone"}, NULL},
		{{NULL}, NULL},
	};
	json_t *measured = json_loads(requests, 0, NULL);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct budget budget = {0};
		const struct bound *bound =
			broken_of(&budget, measured,
				  "joined == started, threads at exit <= 1, threads <= in_flight + 1, "
				  "in_flight <= 3, gone <= 1",
				  (const char **)cases[i].kinds);
		cr_expect_str_eq(bound ? bound->text : "none", cases[i].bound ? cases[i].bound : "none");
		budget_release(&budget);
	}
	json_decref(measured);
}

Test(plot, shows_what_of_a_figure_is_allowed)
{
	json_t *measured = json_loads(requests, 0, NULL);
	struct budget budget = {0};
	struct plot plot;
	char *text = NULL;
	const char *kinds[] = {"threads", NULL};
	static const long long allowed[] = {-1, 0, 2, 3, 1, -1, -1, -1};

	const struct bound *bound = broken_of(&budget, measured, "threads <= in_flight - 1", kinds);
	cr_assert(plot_init_bound(&plot, measured, bound));
	cr_expect_eq(plot.at_exit, 3);
	cr_expect_str_eq(plot.lines[1].name, "allowed: in_flight - 1");
	for (size_t i = 0; i < plot.count; i++)
		cr_expect_eq(plot.lines[1].values[i], allowed[i]);
	PRINTED(text, plot_print(out, unicode, &plot));
	cr_expect(strstr(text, "threads over time\nnumber\n"), "%s", text);
	cr_expect(strstr(text, "█ threads   ○ allowed: in_flight - 1\n"), "%s", text);
	free(text);
	plot_squeeze(&plot);
	cr_expect_eq(plot.count, 6, "%zu values that differ from the one before", plot.count);
	PRINTED(text, plot_script(out, "x", &plot, &plot));
	cr_expect(strstr(text, "set xlabel 'in the order of events, not to scale'"), "%s", text);
	cr_expect(strstr(text, "'allowed: in_flight - 1'"), "%s", text);
	free(text);
	plot_release(&plot);
	budget_release(&budget);
	json_decref(measured);
}

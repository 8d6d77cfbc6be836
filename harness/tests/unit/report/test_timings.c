/* What is shown while a judging goes on and when it has ended: timings, the progress line, and the style of a terminal. */
#define _XOPEN_SOURCE 700 /* posix_openpt: a terminal to look at */
#include <fcntl.h>
#include <unistd.h>

#include "printed.h"

Test(timings, name_the_slowest_and_both_sums)
{
	struct made_results made = {0};
	char *text = NULL;
	struct program *broken = broken_at(&made, "02-x/y");

	for (int i = 0; i < 12; i++) {
		struct result *result =
			made_result(&made, broken, i % 2 ? "tsan" : "drd", WORD_FIRES, OBSERVED_FIRES, NULL);
		result->wall_ms = 100 * i, result->cpu_ms = 50 * i;
	}
	made.items[11].cached = true;
	made.items[10].runs = 10;
	made.results.wall_ms = 6000, made.results.cpu_ms = 10000;
	PRINTED(text, report_timings(out, &made.results, 2));
	cr_assert_eq(count_of(text, " under "), 10);
	cr_assert_lt(strstr(text, " 900 ms    450 ms  02-x/y broken under tsan"), strstr(text, " 800 ms    400 ms"));
	has_not(text, "1100 ms");
	has_not(text, "1000 ms");
	has(text, "CPU time of all runs  10.0 s\n");
	has(text, "wall time             6.0 s on 2 cores: 83% busy, 1.20 times (CPU time / cores)\n");
	free(text);
	made_release(&made);
}

Test(timings, of_nothing_do_not_divide_by_it)
{
	struct results none = {0};
	char *text = NULL;

	PRINTED(text, report_timings(out, &none, 0));
	has(text, "nothing was run");
	free(text);
}

Test(progress, is_one_line_that_is_rewritten_and_taken_away)
{
	struct style style = {.terminal = true, .width = 60};
	struct progress progress;
	char *text = NULL;

	PRINTED(text, {
		progress_start(&progress, out, style, 280);
		progress.done = 34;
		progress_show(&progress, "02-ownership/implicit-contract wrong/detach under helgrind");
	});
	cr_assert_str_eq(text, "\r\033[Kjudging 34 of 280  02-ownership/implicit-contract wrong/...");
	cr_assert_eq(strlen(text) - strlen("\r\033[K"), 59, "the last column stays free");
	free(text);
	PRINTED(text, {
		progress.out = out;
		progress_end(&progress);
	});
	cr_assert_str_eq(text, "\r\033[K");
	free(text);
}

Test(progress, says_little_in_a_log)
{
	struct progress progress;
	char *text = NULL;

	PRINTED(text, {
		progress_start(&progress, out, plain, 100);
		for (size_t i = 0; i < 100; i++)
			progress_show(&progress, "x");
		progress_end(&progress);
	});
	cr_assert_str_eq(text, "");
	free(text);
}

Test(progress, says_how_long_it_will_take_once_it_knows)
{
	static const struct {
		size_t run, left;
		long ms;
		const char *text;
	} cases[] = {{100, 100, 4000, ""},
		     {4, 100, 60000, ""},
		     {100, 0, 60000, ""},
		     {100, 100, 20000, ", about 30 s left"},
		     {60, 10, 60000, ", about 20 s left"},
		     {100, 300, 60000, ", about 3 min left"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *text = progress_left(cases[i].run, cases[i].left, cases[i].ms);
		cr_assert_str_eq(text, cases[i].text);
		free(text);
	}
}

/* One that is dear has been judged, and one is left; or one that is cheap has, and nine dear ones are left. */
Test(progress, counts_what_is_dear_for_more)
{
	static const struct {
		const char *done, *left;
		size_t left_count;
		const char *text;
	} cases[] = {{"helgrind", "helgrind", 10, "judging 10 of 20, all as declared, about 60 s left  x"},
		     {"helgrind", "budget", 10, "judging 10 of 20, all as declared, about 10 s left  x"},
		     {"budget", "helgrind", 10, "judging 10 of 20, all as declared, about 4 min left  x"}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct style style = {.terminal = true, .width = 80};
		struct result result = {.detector = detector_named(cases[i].done), .verdict.agrees = true};
		struct progress progress;
		char *text = NULL;

		PRINTED(text, {
			progress_start(&progress, out, style, 10 + cases[i].left_count);
			progress.declared = true;
			for (size_t j = 0; j < cases[i].left_count; j++)
				progress_expect(&progress, detector_named(cases[i].left), false);
			for (size_t j = 0; j < 10; j++)
				progress_expect(&progress, result.detector, false);
			for (size_t j = 0; j < 10; j++)
				progress_note(&progress, &result);
			progress.start_ms -= 60000;
			progress_show(&progress, "x");
		});
		cr_assert_str_eq(text + strlen("\r\033[K"), cases[i].text);
		free(text);
	}
}

Test(progress, tells_how_many_are_not_as_declared)
{
	struct style style = {.terminal = true, .width = 80};
	struct result good = {.detector = detector_named("tsan"), .verdict.agrees = true}, bad = good;
	struct progress progress;
	char *text = NULL;

	bad.verdict.agrees = false;
	PRINTED(text, {
		progress_start(&progress, out, style, 5);
		progress.declared = true;
		progress_note(&progress, &good);
		progress_note(&progress, &bad);
		progress_show(&progress, "x");
	});
	cr_assert_str_eq(text, "\r\033[Kjudging 2 of 5, 1 not as declared  x");
	free(text);
}

/* What was built before says nothing of how long the rest takes. */
Test(progress, learns_nothing_from_what_was_built_before)
{
	struct progress progress;

	progress_start(&progress, stderr, plain, 2);
	progress_expect(&progress, detector_named("tsan"), true);
	progress_expect(&progress, detector_named("tsan"), true);
	progress.built_ms -= 1000;
	progress_built(&progress);
	cr_assert_gt(progress.cost_done, 0);
	double once = progress.cost_done;
	progress_built(&progress);
	cr_assert_eq(progress.cost_done, once);
}

Test(progress, leaves_a_line_for_each_verdict)
{
	struct style style = {.terminal = true, .width = 60};
	struct made_results made = {0};
	struct progress progress;
	char *text = NULL;
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);

	struct finding *finding = findings_add(&result->seen.findings, "data-race");
	free(finding->function);
	finding->function = mem_copy("evict");
	PRINTED(text, {
		progress_start(&progress, out, style, 5);
		progress_verdict(&progress, result);
	});
	cr_assert_str_eq(text, "\r\033[Ktsan: fires, data-race in evict\n");
	free(text);
	made_release(&made);
}

Test(style, of_what_is_no_terminal_is_plain)
{
	char *text = NULL;
	struct style style;

	setenv("COLUMNS", "132", 1);
	setenv("TERM", "xterm", 1);
	PRINTED(text, style = style_of(out));
	cr_assert(!style.colour && !style.terminal);
	cr_assert_eq(style.width, 80);
	free(text);
}

/* A terminal of our own. */
static FILE *terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	cr_assert_geq(master, 0);
	cr_assert_eq(grantpt(master), 0);
	cr_assert_eq(unlockpt(master), 0);
	FILE *slave = fopen(ptsname(master), "r+");
	cr_assert_not_null(slave);
	return slave;
}

Test(style, of_a_terminal_follows_the_environment)
{
	FILE *slave = terminal();

	setenv("TERM", "xterm", 1);
	setenv("COLUMNS", "132", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("NO_COLOR");
	struct style style = style_of(slave);
	cr_assert(style.colour && style.terminal && style.utf8);
	cr_assert_eq(style.width, 132);

	setenv("LC_ALL", "C", 1);
	setenv("NO_COLOR", "1", 1);
	setenv("COLUMNS", "nonsense", 1);
	style = style_of(slave);
	cr_assert(!style.colour && style.terminal && !style.utf8);
	cr_assert_eq(style.width, 80);

	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	style = style_of(slave);
	cr_assert(!style.colour && !style.terminal);
	fclose(slave);
}

/* Plots of a pair: `run --detector budget`, and `run --plot FILE.svg`. */
#include <criterion/criterion.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"

/* Four requests, each with a thread that stays until all are there; broken leaves three of them waiting. */
#define PROGRAM(ends, others, budget, joined)                                                                          \
	"/*\n * Promise   every request's thread is joined.\n * Ends      " ends "\n * tsan      " others "\n"         \
	" * helgrind  " others "\n * drd       " others "\n * memcheck  " others "\n * budget    " budget              \
	" when threads at exit <= 1, threads <= in_flight + 1\n */\n"                                                  \
	"#include <pthread.h>\n#include <stddef.h>\n#include \"kit/check.h\"\n#include \"kit/gate.h\"\n"               \
	"#include \"kit/gauge.h\"\n"                                                                                   \
	"enum { REQUESTS = 4, JOINED = " joined " };\n"                                                                \
	"static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;\n"                                                   \
	"static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;\n"                                                 \
	"static int answers; /* guarded by lock */\n"                                                                  \
	"static void *serve(void *arg)\n{\n\tCHECK(pthread_mutex_lock(&lock));\n\twhile (answers == 0)\n"              \
	"\t\tCHECK(pthread_cond_wait(&answered, &lock));\n\tanswers--;\n\tCHECK(pthread_mutex_unlock(&lock));\n"       \
	"\treturn arg;\n}\n"                                                                                           \
	"int main(void)\n{\n\tpthread_t threads[REQUESTS];\n\tfor (int i = 0; i < REQUESTS; i++) {\n"                  \
	"\t\tgauge_add(\"in_flight\", 1);\n\t\tCHECK(pthread_create(&threads[i], NULL, serve, NULL));\n\t}\n"          \
	"\tCHECK(pthread_mutex_lock(&lock));\n\tanswers = JOINED;\n\tCHECK(pthread_cond_broadcast(&answered));\n"      \
	"\tCHECK(pthread_mutex_unlock(&lock));\n"                                                                      \
	"\tfor (int i = 0; i < REQUESTS; i++) {\n\t\tif (JOINED == REQUESTS)\n"                                        \
	"\t\t\tCHECK(pthread_join(threads[i], NULL));\n\t\tgauge_add(\"in_flight\", -1);\n\t}\n"                       \
	"\treturn invariant(JOINED == REQUESTS, \"joined %d\", JOINED);\n}\n"

static struct scratch scratch;

static void make(void)
{
	scratch_make(&scratch);
	scratch_write(&scratch, BROKEN,
		      PROGRAM("broken: joined 0", "blind  it is no race",
			      "fires threads-at-exit in serve, threads in serve", "0"));
	scratch_write(&scratch, FIXED, PROGRAM("holds: joined 4", "silent", "silent", "4"));
}

static void unmake(void)
{
	scratch_remove(&scratch);
}

TestSuite(plot, .init = make, .fini = unmake, .timeout = 300);

static bool exists(const char *pattern)
{
	char path[512];
	glob_t found;

	snprintf(path, sizeof path, "%s/%s", scratch.root, pattern);
	bool any = glob(path, 0, NULL, &found) == 0;
	globfree(&found);
	return any;
}

/* `run implicit --plot FILE`, where FILE is below the scratch workbook; then the other arguments. */
static struct outcome plot(const char *file, const char *rest)
{
	char arguments[1024];

	snprintf(arguments, sizeof arguments, "run implicit --answers --plot '%s/%s' %s", scratch.root, file, rest);
	return scratch_loose(&scratch, arguments);
}

static void has(const char *text, const char *part)
{
	cr_assert(strstr(text, part), "no '%s' in:\n%s", part, text);
}

/* This status, one line on stderr with these words, and no file. */
static void expect_refusal(const char *file, const char *rest, int status, const char *words)
{
	struct outcome outcome = plot(file, rest);

	cr_assert_eq(outcome.status, status, "status %d: %s", outcome.status, outcome.err);
	has(outcome.err, words);
	cr_assert(strchr(outcome.err, '\n') == outcome.err + strlen(outcome.err) - 1, "%s", outcome.err);
	cr_assert_not(exists("*.svg*"));
	outcome_release(&outcome);
}

static const char fake_gnuplot[] =
	"#!/bin/sh\ncase $1 in --version) echo 'gnuplot 6.0';; *) cat \"$2\" >\"${0%/bin/*}/script\";"
	" echo '<svg>'; echo '</svg>';; esac\n";

Test(plot, ends_a_run_under_the_budget)
{
	struct outcome outcome = scratch_loose(&scratch, "run implicit fixed --detector budget");

	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	has(outcome.out, "\n  threads                                5          1\n");
	has(outcome.out, "\n  in_flight                              4          0\n");
	has(outcome.out, "\n  holds   threads <= in_flight + 1  5 at most\n");
	has(outcome.out,
	    "\nthreads and in_flight over time\nnumber\n5 "); /* nothing is broken: the threads, and their gauge */
	has(outcome.out, "time since the start");
	outcome_release(&outcome);
}

/* The harness lets nobody look at its descriptors, gnuplot neither, and root has the right to look all the same. */
Test(plot, needs_no_rights_of_roots)
{
	struct outcome outcome =
		scratch_loose_in(&scratch, ".", geteuid() == 0 ? "setpriv --bounding-set=-sys_ptrace env" : "",
				 "run implicit --answers --plot a.svg");

	cr_assert(exists("a.svg"), "%s%s", outcome.out, outcome.err);
	outcome_release(&outcome);
}

Test(plot, is_drawn_of_both)
{
	scratch_tool(&scratch, "gnuplot", fake_gnuplot);
	struct outcome outcome = plot("a.svg", "");

	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	has(outcome.out, "--- broken ---\nbudget: fires, as declared\n");
	has(outcome.out, "\n  broken  threads at exit <= 1      5 against 1\n");
	has(outcome.out, "--- fixed ---\nbudget: silent, as declared\n");
	char *picture = scratch_read(&scratch, "a.svg"), *script = scratch_read(&scratch, "script");
	cr_assert_str_eq(picture, "<svg>\n</svg>\n");
	has(script, "{/:Bold broken}\\n{/=12 threads at exit: 5}");
	has(script, "{/:Bold fixed}\\n{/=12 threads at exit: 1}");
	has(script, "'allowed: in_flight + 1'");
	cr_assert_not(exists("*.new"));
	free(picture);
	free(script);
	outcome_release(&outcome);
}

Test(plot, is_an_svg)
{
	struct outcome outcome = plot("a.svg", "fixed --detector budget");

	cr_assert_eq(outcome.status, 0, "%s%s", outcome.out, outcome.err);
	char *picture = scratch_read(&scratch, "a.svg");
	has(picture, "<svg");
	has(picture, ">02-ownership/implicit-contract<");
	has(picture, ">allowed: in_flight + 1<");
	has(picture, "</svg>");
	free(picture);
	outcome_release(&outcome);
}

/* Each colour that is in a shape's attribute `name` has a rule for the dark. */
static void expect_in_dark(const char *picture, const char *name)
{
	char start[16], rule[80];
	size_t found = 0;

	snprintf(start, sizeof start, " %s=", name);
	for (const char *at = strstr(picture, "</style>"); (at = strstr(at, start)); found++) {
		at += strlen(start);
		int length = (int)strcspn(at + 1, "\"'");
		if (strncmp(at + 1, "none", 4) == 0 || strncasecmp(at + 1, "currentColor", 12) == 0)
			continue;
		snprintf(rule, sizeof rule, "[%s=\"%.*s\"]", name, length, at + 1);
		/* What gnuplot defines and never uses, and shapes without a colour, which nobody sees. */
		if (strcasecmp(rule, "[color=\"#ffffff\"]") != 0 && strcmp(rule, "[color=\"lightgrey\"]") != 0)
			has(picture, rule);
	}
	cr_assert_gt(found, 0, "no %s", name);
}

Test(plot, follows_a_reader_into_the_dark)
{
	struct outcome outcome = plot("a.svg", "fixed --detector budget");
	char *picture = scratch_read(&scratch, "a.svg");

	has(picture, "@media(prefers-color-scheme:dark)");
	expect_in_dark(picture, "fill");
	expect_in_dark(picture, "stroke");
	expect_in_dark(picture, "color");
	free(picture);
	outcome_release(&outcome);
}

Test(plot, needs_a_name_that_ends_in_svg)
{
	expect_refusal("a.png", "", 2, "name a file that ends in .svg, not '");
	expect_refusal(".svg", "", 2, "name a file that ends in .svg");
}

Test(plot, needs_a_place_that_can_be_written)
{
	expect_refusal("no/such/a.svg", "", 2, "cannot write '");
}

Test(plot, is_of_the_budget_and_of_the_pair)
{
	expect_refusal("a.svg", "--detector tsan", 2, "use --detector budget");
	expect_refusal("a.svg", "wrong/detach", 2, "has no program 'wrong/detach'");
	expect_refusal("a.svg", "starter", 2, "leave out 'starter'");
}

Test(plot, needs_gnuplot)
{
	scratch_tool(&scratch, "gnuplot", "#!/bin/sh\nexit 127\n");
	expect_refusal("a.svg", "", 3, "install the package 'gnuplot-nox'");
}

/* What was there before stays. */
Test(plot, is_whole_or_not_at_all)
{
	scratch_write(&scratch, "old.svg", "old\n");
	scratch_tool(&scratch, "gnuplot",
		     "#!/bin/sh\ncase $1 in --version) ;; *) echo '<svg>'; echo 'line 2: no such thing' >&2;; esac\n");
	struct outcome outcome = plot("old.svg", "");
	cr_assert_eq(outcome.status, 3, "status %d", outcome.status);
	has(outcome.err, "gnuplot did not draw the picture: line 2: no such thing; ");
	char *text = scratch_read(&scratch, "old.svg");
	cr_assert_str_eq(text, "old\n");
	cr_assert_not(exists("*.new"));
	free(text);
	outcome_release(&outcome);
}

Test(plot, needs_space)
{
	char path[512];

	scratch_tool(&scratch, "gnuplot", fake_gnuplot);
	snprintf(path, sizeof path, "%s/full.svg", scratch.root);
	cr_assert_eq(symlink("/dev/full", path), 0);
	struct outcome outcome = plot("full.svg", "");
	cr_assert_eq(outcome.status, 3, "status %d", outcome.status);
	has(outcome.err, "full.svg': No space left on device");
	outcome_release(&outcome);
}

/* The status is that of the program that could not be judged. */
Test(plot, is_not_drawn_of_a_program_that_crashes)
{
	scratch_tool(&scratch, "gnuplot", fake_gnuplot);
	scratch_replace(&scratch, FIXED, "int main(void)\n{\n", "int main(void)\n{\n\t*(volatile int *)0 = 1;\n");
	struct outcome outcome = plot("a.svg", "");
	cr_assert_eq(outcome.status, 1, "status %d", outcome.status);
	has(outcome.err, "is not drawn: nothing was measured of fixed");
	cr_assert_not(exists("*.svg*"));
	outcome_release(&outcome);
}

/* Interrupted while gnuplot draws: the signal's status, no file, and no gnuplot. */
Test(plot, ctrl_c_leaves_nothing_behind)
{
	struct timespec moment = {.tv_nsec = 20000000};
	char file[512];
	int status = 0;

	scratch_tool(&scratch, "gnuplot",
		     "#!/bin/sh\ncase $1 in --version) ;; *) echo $$ >\"${0%/bin/*}/drawing\"; sleep 100;; esac\n");
	snprintf(file, sizeof file, "%s/a.svg", scratch.root);
	pid_t child = fork();
	if (child == 0) {
		setenv("LOOSE_ROOT", scratch.root, 1);
		setenv("PATH", scratch.path, 1);
		freopen("/dev/null", "w", stdout);
		freopen("/dev/null", "w", stderr);
		execl("build/loose", "loose", "run", "implicit", "--plot", file, (char *)NULL);
		_exit(127);
	}
	while (!exists("drawing") && waitpid(child, &status, WNOHANG) == 0)
		nanosleep(&moment, NULL);
	cr_assert_eq(kill(child, SIGINT), 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 130, "status %x", (unsigned)status);
	cr_assert_not(exists("*.svg*"));
	cr_assert_not(exists("build/run/*"));
	char *text = scratch_read(&scratch, "drawing");
	cr_assert_neq(kill((pid_t)atol(text), 0), 0, "gnuplot still runs");
	free(text);
}

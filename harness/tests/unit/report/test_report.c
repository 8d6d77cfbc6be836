/* What a reader is shown. */
#define _XOPEN_SOURCE 700 /* posix_openpt: a terminal to look at */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "report/report.h"
#include "tests/unit/made_results.h"

static const struct style plain = {.width = 80}, unicode = {.width = 80, .utf8 = true};

/* The text that a report prints, for the caller to free. */
#define PRINTED(text, call)                                                                                            \
	do {                                                                                                           \
		size_t printed_size;                                                                                   \
		FILE *out = open_memstream(&(text), &printed_size);                                                    \
		call;                                                                                                  \
		fclose(out);                                                                                           \
	} while (0)

static void has(const char *text, const char *part)
{
	cr_assert_not_null(strstr(text, part), "no '%s' in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
	cr_assert_null(strstr(text, part), "'%s' in:\n%s", part, text);
}

static int count_of(const char *text, const char *part)
{
	int count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

/* No line is wider than the style, in characters. */
static void fits(const char *text, int width)
{
	int columns = 0;

	for (; *text; text++) {
		columns = *text == '\n' ? 0 : columns + (((unsigned char)*text & 0xc0) != 0x80);
		cr_assert_leq(columns, width, "too wide before: %s", text);
	}
}

static struct program *broken_at(struct made_results *made, const char *pitfall)
{
	char path[128];

	snprintf(path, sizeof path, "chapters/%s/broken.c", pitfall);
	return made_program(made, pitfall, "broken", ROLE_BROKEN, path);
}

/* --- the table --- */

static void make_table(struct made_results *made)
{
	struct program *broken = broken_at(made, "02-ownership/implicit-contract");
	struct program *fixed = made_program(made, "02-ownership/implicit-contract", "fixed", ROLE_FIXED, "x");
	struct program *wrong = made_program(made, "02-ownership/implicit-contract", "wrong/detach", ROLE_WRONG, "y");
	struct program *right = made_program(made, "02-ownership/implicit-contract", "solution", ROLE_SOLUTION, "z");
	struct program *late = broken_at(made, "05-shutdown/lost-batch");

	made_result(made, broken, "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);
	made_result(made, broken, "helgrind", WORD_BLIND, OBSERVED_SILENT, NULL);
	made_result(made, fixed, "tsan", WORD_SILENT, OBSERVED_SILENT, NULL);
	made_result(made, fixed, "helgrind", WORD_FALSE_ALARM, OBSERVED_FIRES, NULL);
	made_result(made, wrong, "test", WORD_FAILS, OBSERVED_FAILS, NULL);
	made_result(made, right, "test", WORD_PASSES, OBSERVED_PASSES, NULL);
	made_result(made, wrong, "tsan", WORD_FIRES, OBSERVED_SILENT, "it does not report data-race in f, as declared");
	made_result(made, right, "tsan", WORD_SILENT, OBSERVED_SILENT, NULL);
	made_result(made, late, "tsan", WORD_FIRES, OBSERVED_SILENT, "it does not report data-race in f, as declared");
	made_result(made, late, "helgrind", WORD_FIRES, OBSERVED_ERROR, "it crashed");
}

Test(table, is_this)
{
	struct made_results made = {0};
	char *text = NULL;

	make_table(&made);
	PRINTED(text, report_table(out, unicode, &made.results));
	cr_assert_str_eq(text, "pitfall              program   test  tsan   helgrind\n"
			       "02-ownership\n"
			       "  implicit-contract  broken            ●       ○\n"
			       "                     fixed             ·       !\n"
			       "                     exercise  2/2   ✗ 1/2\n"
			       "05-shutdown\n"
			       "  lost-batch         broken            ✗       E\n"
			       "\n"
			       "● fires   ○ blind   · silent   ! false alarm   ✗ disagrees   E error\n"
			       "\n"
			       "10 checked, 7 as declared, 2 disagree, 1 errors\n");
	free(text);
	made_release(&made);
}

Test(table, has_marks_for_every_terminal)
{
	struct made_results made = {0};
	char *text = NULL;

	make_table(&made);
	PRINTED(text, report_table(out, plain, &made.results));
	for (const char *byte = text; *byte; byte++)
		cr_assert((unsigned char)*byte < 0x80);
	has(text, "* fires   o blind   . silent   ! false alarm   x disagrees   E error");
	free(text);
	made_release(&made);
}

Test(table, has_a_test_column_only_for_tests_and_names_only_marks_that_it_uses)
{
	struct made_results made = {0};
	char *text = NULL;

	made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);
	PRINTED(text, report_table(out, unicode, &made.results));
	has_not(text, "test");
	has(text, "\n● fires\n");
	has_not(text, "blind");
	has(text, "1 checked, 1 as declared, 0 disagree, 0 errors\n");
	free(text);
	made_release(&made);
}

Test(table, of_nothing_is_the_count)
{
	struct results none = {0};
	char *text = NULL;

	PRINTED(text, report_table(out, unicode, &none));
	cr_assert_str_eq(text, "0 checked, 0 as declared, 0 disagree, 0 errors\n");
	free(text);
}

/* --- findings in the source --- */

static const char source[] =
	"#include <stdlib.h>\n"
	"\n"
	"static void evict(struct cache *cache)\n"
	"{\n"
	"\tputs(\"/* no comment */ // here\"); /* but here */\n"
	"\tfree(cache); // late\n"
	"\tif (cache->a_very_long_name_for_an_array_of_entries[index_of_the_entry].age > MAX_AGE_OF_ENTRIES)\n"
	"}\n";

/* Writes the source to a file of this test; its absolute path. */
static const char *source_file(void)
{
	static char path[] = "/tmp/loose-report-XXXXXX";
	int file = mkstemp(path);

	cr_assert_geq(file, 0);
	cr_assert_eq(write(file, source, strlen(source)), (ssize_t)strlen(source));
	close(file);
	return path;
}

Test(result, is_shown_in_the_source)
{
	struct made_results made = {0};
	const char *file = source_file();
	char *text = NULL;
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);

	/* From a clone below /tmp the file would be named in another way. */
	cr_assert_eq(chdir("/"), 0);
	made_finding(result, "data-race", "data race", "Read of size 4 by thread evict_loop", "evict", "evict_loop",
		     file, 5);
	PRINTED(text, report_result(out, unicode, "/root", result));
	has(text, "tsan: fires, as declared\n\ndata-race in evict (/tmp/loose-report-");
	has(text, "Read of size 4 by thread evict_loop, in evict (/tmp/loose");
	has(text, "      3 | static void evict(struct cache *cache)\n"
		  "      4 | {\n"
		  "    > 5 |     puts(\"/* no comment */ // here\"); /* but here */\n"
		  "        |     ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
		  "      6 |     free(cache); // late\n"
		  "      called from evict_loop (/tmp/loose");
	has(text, "\nLook at: ");
	free(text);
	unlink(file);
	made_release(&made);
}

Test(result, names_files_of_the_program_from_its_directory_on)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);

	made_finding(result, "data-race", "data race", "Write", "evict", NULL, "/root/chapters/02-x/y/broken.c", 9);
	made_finding(result, "data-race", "data race", "Write", "drop", NULL, "/root/chapters/02-x/y/broken/part.c", 7);
	made_finding(result, "data-race", "data race", "Write", "check", NULL, "/root/exercises/02-x/y/test.c", 8);
	PRINTED(text, report_result(out, unicode, "/root", result));
	has(text, "data-race in evict (broken.c:9)\n");
	has(text, "data-race in drop (broken/part.c:7)\n");
	has(text, "data-race in check (exercises/02-x/y/test.c:8)\n");
	free(text);
	made_release(&made);
}

Test(result, repeats_what_failed_tests_say)
{
	struct made_results made = {0};
	char *text = NULL;
	struct program *starter = made_program(&made, "02-x/y", "starter", ROLE_STARTER, "exercises/02-x/y/x.c");
	struct result *result = made_result(&made, starter, "test", WORD_PASSES, OBSERVED_FAILS,
					    "these tests fail: counts_all, stop_waits");

	result->verdict.agrees = false;
	result->seen.failed = mem_copy("counts_all, stop_waits");
	result->seen.said = mem_copy("counts_all: 3 of 5\nstop_waits: a frame\033[1m was under way\n");
	PRINTED(text, report_result(out, unicode, "/root", result));
	has(text, "  these tests fail: counts_all, stop_waits\n  counts_all: 3 of 5\n  stop_waits: a frame");
	cr_assert_null(strchr(text, '\033'), "%s", text);
	free(text);
	/* Under a detector, too. */
	result = made_result(&made, starter, "tsan", WORD_SILENT, OBSERVED_ERROR,
			     "under this detector these tests fail: counts_all");
	result->seen.failed = mem_copy("counts_all");
	result->seen.said = mem_copy("counts_all: 3 of 5\n");
	PRINTED(text, report_result(out, unicode, "/root", result));
	has(text, "  under this detector these tests fail: counts_all\n  counts_all: 3 of 5\n");
	free(text);
	made_release(&made);
}

/* Its author has declared nothing. */
Test(result, of_a_submission_tells_what_must_be)
{
	struct made_results made = {0};
	char *text = NULL;
	struct program *own = made_program(&made, "02-x/y", "own", ROLE_STARTER, "exercises/02-x/y/own.c");

	own->submission = true;
	made_result(&made, own, "test", WORD_PASSES, OBSERVED_PASSES, NULL);
	made_result(&made, own, "test", WORD_PASSES, OBSERVED_FAILS, "these tests fail: a");
	made_result(&made, own, "tsan", WORD_SILENT, OBSERVED_FIRES, "it reports data-race in f");
	made_result(&made, own, "drd", WORD_SILENT, OBSERVED_ERROR, "it hung");
	PRINTED(text,
		for (size_t i = 0; i < made.results.count; i++) report_result(out, unicode, "/root", &made.items[i]));
	has(text, "test: passes, as it must be\n");
	has(text, "test: fails, but must pass\n");
	has(text, "tsan: fires, but must be silent\n");
	has(text, "drd: cannot be judged, but must be silent\n");
	free(text);
	made_release(&made);
}

Test(result, fits_the_width)
{
	struct made_results made = {0};
	const char *file = source_file();
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);

	made_finding(result, "data-race", "data race", "Read", "evict", "evict_loop", file, 7);
	for (int width = 50; width <= 90; width += 20) {
		struct style narrow = {.width = width, .utf8 = width == 50};
		char *text = NULL;
		PRINTED(text, report_result(out, narrow, "/root", result));
		fits(text, width);
		has(text, narrow.utf8 ? "…\n" : "...\n");
		has(text, "^~~~");
		free(text);
	}
	unlink(file);
	made_release(&made);
}

Test(result, without_its_source_is_still_told)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);

	made_finding(result, "data-race", "data race", "Read", "evict", "evict_loop", "/nowhere/at/all.c", 7);
	made_finding(result, "thread-leak", "thread leak", "Thread", "start", NULL, "/tmp", 1);
	made_finding(result, "heap-use-after-free", "heap-use-after-free", "Read", "late", NULL, "/dev/null", 1);
	PRINTED(text, report_result(out, unicode, "/root", result));
	has(text, "data-race in evict (/nowhere/at/all.c:7)\n");
	has_not(text, "^");
	free(text);
	made_release(&made);
}

Test(result, tells_what_is_alike_once)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "memcheck", WORD_FIRES, OBSERVED_FIRES, NULL);

	for (int line = 5; line < 9; line++)
		made_finding(result, "InvalidRead", "Invalid read", "", "evict", NULL, "/none.c", line);
	made_finding(result, "InvalidRead", "Invalid read", "", "other", NULL, "/none.c", 50);
	PRINTED(text, report_result(out, unicode, "/root", result));
	cr_assert_eq(count_of(text, "\nInvalidRead in evict (/none.c:5)\n"), 1);
	cr_assert_eq(count_of(text, "InvalidRead in evict"), 1);
	has(text, "  More of this kind in evict:\n    /none.c:6\n    /none.c:7\n    /none.c:8\n");
	has(text, "\nInvalidRead in other (/none.c:50)\n");
	cr_assert_eq(count_of(text, "Look at: "), 1);
	free(text);
	made_release(&made);
}

Test(result, shrinks_frames_of_libraries)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);
	struct stack *stack =
		finding_add_stack(findings_add(&result->seen.findings, "data-race"), "Write of size 8 by main thread:");

	stack_add_frame(stack, "?", NULL, 0, false);
	stack_add_frame(stack, "lll_lock", "/glibc/lock.c", 9, false);
	stack_add_frame(stack, "__interceptor_free@@V1", NULL, 0, false);
	stack_add_frame(stack, "cache_free", "/root/chapters/02-x/y/broken.c", 76, true);
	stack_add_frame(stack, "?", NULL, 0, false);
	stack_add_frame(stack, "main", "/root/chapters/02-x/y/broken.c", 84, true);
	stack_add_frame(stack, "__libc_start_main", "/glibc/start.c", 1, false);
	finding_place(&result->seen.findings.items[0]);
	PRINTED(text, report_result(out, unicode, "/root", result));
	has(text, "  Write of size 8 by main thread, in free, called from cache_free (broken.c:76):\n"
		  "      called from main (broken.c:84)\n");
	has_not(text, "glibc");
	has_not(text, "lll_lock");
	has_not(text, "libc_start");
	free(text);
	made_release(&made);
}

Test(result, that_is_silent_says_why_a_detector_is_blind)
{
	struct made_results made = {0};
	char *text = NULL, why[] = "it keeps no graph of lock orders";
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "drd", WORD_BLIND, OBSERVED_SILENT, NULL);

	made.expectations[0].why = why;
	PRINTED(text, report_result(out, unicode, "/root", result));
	cr_assert_str_eq(text, "drd: silent, declared blind\n  it keeps no graph of lock orders\n");
	free(text);
	made_release(&made);
}

Test(result, that_declares_nothing_is_only_reported)
{
	struct made_results made = {0};
	char *text = NULL;
	struct program *mine = made_program(&made, "", "mine", ROLE_OTHER, "/home/mine.c");

	PRINTED(text, report_result(out, unicode, "/root", made_seen(&made, mine, "drd", OBSERVED_SILENT)));
	cr_assert_str_eq(text, "drd: silent\n");
	free(text);
	made_release(&made);
}

Test(result, says_what_to_look_at_for_every_kind)
{
	for (size_t i = 0; detectors[i]; i++)
		for (const struct kind *kind = detectors[i]->kinds; kind->name; kind++) {
			struct made_results made = {0};
			char *text = NULL;
			struct result *result =
				made_seen(&made, broken_at(&made, "02-x/y"), detectors[i]->name, OBSERVED_FIRES);

			made_finding(result, kind->name, "words", "", "f", NULL, "/none.c", 1);
			PRINTED(text, report_result(out, unicode, "/root", result));
			cr_assert_not_null(strstr(text, "\nLook at: "), "nothing for %s", kind->name);
			free(text);
			made_release(&made);
		}
}

/* --- disagreements --- */

Test(disagreements, are_nothing_when_all_agree)
{
	struct made_results made = {0};
	char *text = NULL;

	made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);
	PRINTED(text, report_disagreements(out, unicode, "/root", &made.results));
	cr_assert_str_eq(text, "");
	free(text);
	made_release(&made);
}

Test(disagreements, say_what_why_and_how_to_look_again)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result = made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_BLIND, OBSERVED_FIRES,
					    "it reports data-race in cache_free");

	made_finding(result, "data-race", "data race", "Read", "cache_free", NULL, "/root/chapters/02-x/y/broken.c", 7);
	result->runs = 50, result->fired = 3;
	PRINTED(text, report_disagreements(out, unicode, "/root", &made.results));
	has(text, "\n02-x/y broken, tsan: declared blind, seen fires: data-race in cache_free\n");
	has(text, "  In 3 of 50 runs it fired.\n");
	has(text, "  it reports data-race in cache_free\n");
	has(text, "\ndata-race in cache_free (broken.c:7)\n");
	has(text, "\nLook again: ./loose run 02-x/y broken --detector tsan\n");
	free(text);
	made_release(&made);
}

Test(disagreements, of_a_run_that_cannot_be_judged_say_why)
{
	struct made_results made = {0};
	char *text = NULL;
	struct program *wrong =
		made_program(&made, "02-x/y", "wrong/detach", ROLE_WRONG, "solutions/02-x/y/wrong/detach.c");
	struct result *result =
		made_result(&made, wrong, "drd", WORD_FIRES, OBSERVED_ERROR, "it was killed by SIGSEGV");

	result->seen.fault = FAULT_PROGRAM;
	result->seen.why = mem_copy("it was killed by SIGSEGV");
	PRINTED(text, report_disagreements(out, unicode, "/root", &made.results));
	cr_assert_str_eq(text, "\n02-x/y wrong/detach, drd: declared fires, seen error\n"
			       "  it was killed by SIGSEGV\n"
			       "Look again: ./loose check solutions/02-x/y/wrong/detach.c\n");
	free(text);
	made_release(&made);
}

Test(disagreements, show_the_compiler_once_for_each_program)
{
	struct made_results made = {0};
	char *text = NULL;
	struct program *broken = broken_at(&made, "02-x/y");

	for (int i = 0; i < 4; i++) {
		struct result *result =
			made_result(&made, broken, i % 2 ? "tsan" : "drd", WORD_FIRES, OBSERVED_ERROR, "");
		result->bad_input = true;
		result->seen.why = mem_copy("it does not compile:\nbroken.c:3:4: error: expected ';'\n\tint x\n");
	}
	PRINTED(text, report_disagreements(out, unicode, "/root", &made.results));
	cr_assert_str_eq(text, "\nchapters/02-x/y/broken.c does not compile:\n"
			       "  broken.c:3:4: error: expected ';'\n"
			       "  \tint x\n");
	free(text);
	made_release(&made);
}

Test(disagreements, of_a_starter_that_passes_tell_how_to_judge_it)
{
	struct made_results made = {0};
	char *text = NULL;
	struct program *starter = made_program(&made, "02-x/y", "starter", ROLE_STARTER, "exercises/02-x/y/cache.c");

	made_result(&made, starter, "test", WORD_FAILS, OBSERVED_PASSES, "all tests pass");
	PRINTED(text, report_disagreements(out, unicode, "/root", &made.results));
	has(text, "The starter has been changed");
	has(text, "'./loose check exercises/02-x/y/cache.c'");
	free(text);
	made_release(&made);
}

Test(disagreements, let_no_control_character_through)
{
	struct made_results made = {0};
	char *text = NULL;
	struct program *broken = broken_at(&made, "02-x/y");
	struct result *result;

	made_result(&made, broken, "tsan", WORD_FIRES, OBSERVED_ERROR, "it ended with '\033]0;title\007 \033[2J\r'");
	result = made_result(&made, broken, "drd", WORD_FIRES, OBSERVED_ERROR, "it does not compile");
	result->bad_input = true;
	result->seen.why = mem_copy("it does not compile:\n\033[1merror\033[0m\r\n");
	PRINTED(text, report_disagreements(out, unicode, "/root", &made.results));
	for (const char *byte = text; *byte; byte++)
		cr_assert((unsigned char)*byte >= 0x20 || *byte == '\n', "%d in %s", *byte, text);
	has(text, "?]0;title?");
	free(text);
	made_release(&made);
}

/* --- the detector's words --- */

/* A race between cache_free() and evict(); `inside` are frames that only one version of a library has. */
static void make_race(struct result *result, bool inside)
{
	static const char file[] = "/somewhere/chapters/02-x/y/broken.c";
	struct finding *finding = findings_add(&result->seen.findings, "data-race");
	struct stack *stack = finding_add_stack(finding, "Write of size 8 by main thread");

	free(finding->words);
	finding->words = mem_copy("data race");
	if (inside)
		stack_add_frame(stack, "_int_free", "/glibc/malloc.c", 4000, false);
	stack_add_frame(stack, inside ? "free@@GLIBC_2.2.5" : "__interceptor_free", NULL, 0, false);
	stack_add_frame(stack, "cache_free", file, 67, true);
	stack_add_frame(stack, "main", file, 84, true);
	stack_add_frame(stack, inside ? "__libc_start_call_main" : "__libc_start_main", NULL, 0, false);
	stack = finding_add_stack(finding, "Previous read of size 4 by thread evict_loop");
	stack_add_frame(stack, "evict", file, 38, true);
	stack_add_frame(stack, "evict_loop", file, 53, true);
	if (inside)
		stack_add_frame(stack, "?", NULL, 0, false);
	stack_add_frame(stack, "start_thread", NULL, 0, false);
	finding_place(finding);
}

Test(words, of_tsan_are_these)
{
	for (int inside = 0; inside < 2; inside++) {
		struct made_results made = {0};
		char *text = NULL;
		struct result *result =
			made_result(&made, broken_at(&made, "02-x/y"), "tsan", WORD_FIRES, OBSERVED_FIRES, NULL);

		make_race(result, inside);
		PRINTED(text, report_words(out, result));
		cr_assert_str_eq(text, "WARNING: ThreadSanitizer: data race\n"
				       "  Write of size 8 by main thread:\n"
				       "    #0 free\n"
				       "    #1 cache_free broken.c:67\n"
				       "    #2 main broken.c:84\n"
				       "  Previous read of size 4 by thread evict_loop:\n"
				       "    #0 evict broken.c:38\n"
				       "    #1 evict_loop broken.c:53\n");
		free(text);
		made_release(&made);
	}
}

Test(words, of_valgrind_are_these)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result =
		made_result(&made, broken_at(&made, "02-x/y"), "helgrind", WORD_FIRES, OBSERVED_FIRES, NULL);

	make_race(result, true);
	PRINTED(text, report_words(out, result));
	cr_assert_str_eq(text, "data race\n"
			       " Write of size 8 by main thread\n"
			       "   at free\n"
			       "   by cache_free (broken.c:67)\n"
			       "   by main (broken.c:84)\n"
			       " Previous read of size 4 by thread evict_loop\n"
			       "   at evict (broken.c:38)\n"
			       "   by evict_loop (broken.c:53)\n");
	free(text);
	made_release(&made);
}

Test(words, of_the_budget_leave_out_what_the_clock_said)
{
	static const struct {
		const char *words, *told;
	} cases[] = {
		{"'threads <= 20' does not hold: 21 against 20 after 14 ms, and 38 against 20 at worst, after 15 ms",
		 "'threads <= 20' does not hold: 21 against 20, and 38 against 20 at worst\n"},
		{"'threads at exit <= 1' does not hold: 2 against 1 at exit",
		 "'threads at exit <= 1' does not hold: 2 against 1 at exit\n"},
		{"'memory <= start + 16 MiB' does not hold: 48.2 MiB against 17.3 MiB after 31 ms",
		 "'memory <= start + 16 MiB' does not hold\n"},
		{"one after the other, after 5 minutes and after ",
		 "one after the other, after 5 minutes and after \n"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct made_results made = {0};
		char *text = NULL;
		struct result *result =
			made_result(&made, broken_at(&made, "02-x/y"), "budget", WORD_FIRES, OBSERVED_FIRES, NULL);

		made_finding(result, "threads", cases[i].words, "", "main", NULL, "/broken.c", 1);
		PRINTED(text, report_words(out, result));
		cr_expect_eq(strncmp(text, cases[i].told, strlen(cases[i].told)), 0, "%s", text);
		free(text);
		made_release(&made);
	}
}

Test(words, are_the_same_in_whatever_order_the_reports_came)
{
	static const int orders[][4] = {{1, 2, 3, 4}, {4, 3, 2, 1}, {3, 1, 4, 2}};
	static const char *const functions[] = {"", "b", "a", "a", "c"};
	char *first = NULL;

	for (int order = 0; order < 3; order++) {
		struct made_results made = {0};
		char *text = NULL;
		struct result *result =
			made_result(&made, broken_at(&made, "02-x/y"), "drd", WORD_FIRES, OBSERVED_FIRES, NULL);

		for (int i = 0; i < 4; i++)
			made_finding(result, "ConflictingAccess", "Conflicting load", "", functions[orders[order][i]],
				     NULL, "/broken.c", 10 * orders[order][i]);
		PRINTED(text, report_words(out, result));
		if (first)
			cr_assert_str_eq(text, first);
		else
			cr_assert_str_eq(text, "Conflicting load\n   at b (broken.c:10)\n\n"
					       "Conflicting load\n   at a (broken.c:20)\n\n"
					       "Conflicting load\n   at c (broken.c:40)\n");
		free(first);
		first = text;
		made_release(&made);
	}
	free(first);
}

Test(words, tell_a_stack_that_comes_again_once)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result = made_result(&made, broken_at(&made, "02-x/y"), "drd", WORD_FIRES, OBSERVED_FIRES, NULL);
	struct finding *finding =
		made_finding(result, "ConflictingAccess", "Conflicting load", "", "evict", NULL, "/a.c", 1);

	for (int i = 0; i < 3; i++) {
		struct stack *stack = finding_add_stack(finding, "Acquired");
		if (i == 1)
			stack_add_frame(stack, "lll_lock", NULL, 0, false);
		stack_add_frame(stack, "pthread_mutex_lock", NULL, 0, false);
		stack_add_frame(stack, "main", "/a.c", i == 2 ? 9 : 8, true);
	}
	PRINTED(text, report_words(out, result));
	cr_assert_str_eq(text, "Conflicting load\n   at evict (a.c:1)\n"
			       " Acquired\n   at pthread_mutex_lock\n   by main (a.c:8)\n"
			       " Acquired\n   at pthread_mutex_lock\n   by main (a.c:9)\n");
	free(text);
	PRINTED(text, report_result(out, unicode, "/root", result));
	cr_assert_eq(count_of(text, "Acquired"), 2);
	free(text);
	made_release(&made);
}

/* The same place in a block of the program's own is the program's doing, and is told. */
Test(words, of_a_system_call_leave_out_where_in_the_block)
{
	static const char *const kinds[] = {"SyscallParam", "InvalidRead"},
				 *const said[] = {" Address is inside a block of size 136 free'd\n",
						  " Address is 112 bytes inside a block of size 136 free'd\n"};

	for (int i = 0; i < 2; i++) {
		struct made_results made = {0};
		char *text = NULL;
		struct result *result =
			made_result(&made, broken_at(&made, "02-x/y"), "memcheck", WORD_FIRES, OBSERVED_FIRES, NULL);
		struct finding *finding = made_finding(result, kinds[i], "Unaddressable", "", "put", NULL, "/a.c", 1);
		finding_add_stack(finding, "Address is 112 bytes inside a block of size 136 free'd");
		PRINTED(text, report_words(out, result));
		has(text, said[i]);
		free(text);
		made_release(&made);
	}
}

Test(words, of_a_silent_run_say_so_and_an_error_is_not_silence)
{
	struct made_results made = {0};
	struct program *broken = broken_at(&made, "02-x/y");
	char *silent = NULL, *error = NULL, *tests = NULL;
	struct result *failing;

	PRINTED(silent, report_words(out, made_result(&made, broken, "drd", WORD_BLIND, OBSERVED_SILENT, NULL)));
	PRINTED(error, report_words(out, made_result(&made, broken, "drd", WORD_BLIND, OBSERVED_ERROR, "it hung")));
	failing = made_result(&made, broken, "test", WORD_FAILS, OBSERVED_FAILS, NULL);
	failing->seen.failed = mem_copy("counts_all, stop_waits");
	PRINTED(tests, report_words(out, failing));
	cr_assert_str_eq(silent, "(silent)\n");
	cr_assert_str_eq(error, "it hung\n");
	cr_assert_str_eq(tests, "these tests fail: counts_all, stop_waits\n");
	free(silent);
	free(error);
	free(tests);
	made_release(&made);
}

Test(words, name_a_library_function_that_the_line_calls)
{
	struct made_results made = {0};
	const char *file = source_file();
	char *text = NULL;
	struct result *result = made_result(&made, broken_at(&made, "02-x/y"), "drd", WORD_FIRES, OBSERVED_FIRES, NULL);
	struct finding *finding = findings_add(&result->seen.findings, "ConflictingAccess");
	struct stack *stack = finding_add_stack(finding, "");

	/* Line 6 calls free(); line 5 calls puts(), which the unwinder has missed. */
	stack_add_frame(stack, "_int_free", NULL, 0, false);
	stack_add_frame(stack, "free", NULL, 0, false);
	stack_add_frame(stack, "tail_of_free", NULL, 0, false);
	stack_add_frame(stack, "evict", file, 6, true);
	stack_add_frame(stack, "put", NULL, 0, false);
	stack_add_frame(stack, "main", file, 5, true);
	finding_place(finding);
	PRINTED(text, report_words(out, result));
	has(text, "\n   at free\n   by evict (");
	has_not(text, "_int_free");
	has_not(text, "tail_of_free");
	has_not(text, "by put\n");
	has(text, "   by main (");
	free(text);
	unlink(file);
	made_release(&made);
}

Test(words, leave_out_where_the_other_thread_happened_to_be)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result = made_result(&made, broken_at(&made, "02-x/y"), "drd", WORD_FIRES, OBSERVED_FIRES, NULL);
	struct finding *finding =
		made_finding(result, "ConflictingAccess", "Conflicting load", "", "evict", NULL, "/a.c", 1);

	stack_add_frame(finding_add_stack(finding, "The other access comes after this"), "main", "/a.c", 5, true);
	stack_add_frame(finding_add_stack(finding, "and before this"), "main", "/a.c", 9, true);
	PRINTED(text, report_words(out, result));
	cr_assert_str_eq(text, "Conflicting load\n   at evict (a.c:1)\n");
	free(text);
	made_release(&made);
}

/* --- timings, progress, style --- */

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

Test(style, colours_only_where_it_may)
{
	struct made_results made = {0};
	struct style coloured = {.width = 80, .colour = true, .terminal = true, .utf8 = true};
	char *text = NULL;

	make_table(&made);
	PRINTED(text, report_table(out, coloured, &made.results));
	has(text, "\033[1;31m✗");
	free(text);
	PRINTED(text, report_table(out, unicode, &made.results));
	has_not(text, "\033");
	free(text);
	made_release(&made);
}

/* What a reader is shown of findings, in the source, and of disagreements. */
#include "printed.h"

/* --- findings in the source --- */

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

/* DRD says between which two moments of its thread the other access was. One of them alone must not read as the access. */
Test(explain, a_moment_after_the_access_is_not_taken_for_it)
{
	struct made_results made = {0};
	char *text = NULL;
	struct result *result = made_result(&made, broken_at(&made, "02-x/y"), "drd", WORD_FIRES, OBSERVED_FIRES, NULL);
	struct finding *finding =
		made_finding(result, "ConflictingAccess", "Conflicting load", "", "evict", NULL, "/a.c", 1);

	finding_add_stack(finding, "The other access comes after this");
	stack_add_frame(finding_add_stack(finding, "and before this"), "main", "/a.c", 9, true);
	PRINTED(text, report_result(out, plain, "/", result));
	has(text, "The other access comes before this, in main (/a.c:9)");
	has_not(text, "and before this");
	free(text);
	stack_add_frame(&finding->stacks[1], "main", "/a.c", 5, true);
	PRINTED(text, report_result(out, plain, "/", result));
	has(text, "The other access comes after this, in main (/a.c:5)");
	has(text, "and before this, in main (/a.c:9)");
	has_not(text, "comes before this");
	free(text);
	made_release(&made);
}

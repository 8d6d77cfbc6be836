/* The words of a detector's report, as the book quotes them. */
#include "printed.h"

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

/* The verdict in one sentence, and each fault once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/text.h"
#include "report/report.h"
#include "tests/unit/made_results.h"

static const struct style plain = {.width = 80};

static struct program *own_program(struct made_results *made)
{
	struct program *program = made_program(made, "", "program", ROLE_OTHER, "/home/x/prog.c");

	program->declared = false;
	return program;
}

static struct program *exercise(struct made_results *made)
{
	struct program *program = made_program(made, "02-x/y", "own", ROLE_STARTER, "exercises/02-x/y/own.c");

	program->submission = true;
	return program;
}

/* All five, silent. */
static void add_silent(struct made_results *made, const struct program *program)
{
	for (size_t i = 0; detectors[i]; i++)
		if (!detectors[i]->optional)
			made_seen(made, program, detectors[i]->name, OBSERVED_SILENT);
}

static struct result *of(struct made_results *made, const char *detector)
{
	for (size_t i = 0; i < made->results.count; i++)
		if (strcmp(made->items[i].detector->name, detector) == 0)
			return &made->items[i];
	cr_assert_fail("no %s", detector);
	return NULL;
}

static struct finding *fires(struct made_results *made, const char *detector, const char *kind, const char *role,
			     const char *function, int line)
{
	struct result *result = of(made, detector);

	result->verdict.observed = OBSERVED_FIRES;
	return made_finding(result, kind, role, role, function, NULL, "/home/x/prog.c", line);
}

static void and (struct finding * finding, const char *role, const char *callee, const char *function, int line)
{
	struct stack *stack = finding_add_stack(finding, role);

	if (callee)
		stack_add_frame(stack, callee, NULL, 0, false);
	stack_add_frame(stack, function, "/home/x/prog.c", line, true);
}

static void expect_sentence(const struct made_results *made, const char *expected)
{
	char *sentence = report_sentence("/w", &made->results);

	cr_assert_str_eq(sentence, expected);
	free(sentence);
}

static char *shown(const struct made_results *made, bool with_output)
{
	struct text text;

	report_summary(text_open(&text), plain, "/w", &made->results, with_output);
	return text_close(&text);
}

static size_t times(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text += strlen(part))
		count++;
	return count;
}

/* As the three tools tell the one race of a free(). */
static void add_race(struct made_results *made)
{
	struct finding *finding = fires(made, "tsan", "data-race", "Write of size 8 by main thread", "cache_free", 77);

	stack_release(&finding->stacks[0]);
	finding->stack_count = 0;
	and(finding, "Write of size 8 by main thread", "free", "cache_free", 77);
	and(finding, "Previous read of size 4 by thread evict_loop", NULL, "evict", 40);
	and(finding, "Created thread evict_loop, by main thread", NULL, "main", 70);
	finding = fires(made, "helgrind", "Race", "Possible data race during read of size 4 by thread evict_loop",
			"evict", 40);
	and(finding, "This conflicts with a previous write of size 4 by main thread", "free", "cache_free", 77);
	finding = fires(made, "drd", "ConflictingAccess", "Conflicting load by thread evict_loop size 4", "evict", 40);
	and(finding, "The other access comes after this", "pthread_create", "main", 70);
}

Test(summary, one_race_of_three_tools_is_one_finding)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	add_race(&made);
	expect_sentence(&made, "A data race: main thread frees what thread evict_loop still reads; ThreadSanitizer, "
			       "Helgrind and DRD see it.");
	char *text = shown(&made, false);
	cr_assert_eq(strncmp(text, "A data race: ", 13), 0, "%s", text);
	/* What a data race is, and what to look at, is told once. */
	cr_assert_eq(times(text, "Two threads touch the same memory"), 1, "%s", text);
	cr_assert_eq(times(text, "Look at:"), 1, "%s", text);
	cr_assert(strstr(text, "  Helgrind reports it as Race in evict, DRD as ConflictingAccess in evict.\n"), "%s",
		  text);
	cr_assert(strstr(text, "tsan: fires\n  data-race in cache_free (prog.c:77), see above\n"
			       "helgrind: fires\n  Race in evict (prog.c:40), see above\n"
			       "drd: fires\n  ConflictingAccess in evict (prog.c:40), see above\n"
			       "memcheck: silent\nbudget: silent\n"),
		  "%s", text);
	free(text);
	made_release(&made);
}

/* That they are started at one place makes two races no one fault; nor does a race elsewhere. */
Test(summary, another_race_is_another_finding)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	add_race(&made);
	struct finding *finding =
		fires(&made, "helgrind", "Race", "Possible data race during write of size 4 by thread a", "count", 12);
	and(finding, "This conflicts with a previous write of size 4 by thread b", NULL, "count", 12);
	and(finding, "Created thread evict_loop, by main thread", NULL, "main", 70);
	expect_sentence(&made, "A data race: main thread frees what thread evict_loop still reads; ThreadSanitizer, "
			       "Helgrind and DRD see it. 1 more finding follows.");
	char *text = shown(&made, false);
	cr_assert(
		strstr(text, "helgrind: fires\n  Race in evict (prog.c:40), see above\n\nRace in count (prog.c:12)\n"),
		"%s", text);
	free(text);
	made_release(&made);
}

Test(summary, names_what_is_raced_for)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	struct finding *finding = fires(&made, "tsan", "data-race", "Write of size 4 by thread add", "add", 14);
	free(finding->words);
	finding->words = mem_copy("data race on 'total'");
	and(finding, "Previous read of size 4 by another thread add", NULL, "add", 14);
	expect_sentence(&made, "A data race on 'total': thread add writes it, another thread add reads it, and nothing "
			       "orders the two; ThreadSanitizer sees it.");
	made_release(&made);
}

Test(summary, silence_is_told_in_full)
{
	struct made_results made = {0};
	const struct program *program = exercise(&made);

	struct result *test = made_seen(&made, program, "test", OBSERVED_PASSES);
	test->seen.tests = 7;
	add_silent(&made, program);
	expect_sentence(&made, "All 7 tests pass and all five detectors are silent.");
	of(&made, "drd")->verdict = (struct verdict){.observed = OBSERVED_ERROR};
	of(&made, "drd")->seen.fault = FAULT_UNFIT;
	expect_sentence(&made,
			"All 7 tests pass and ThreadSanitizer, Helgrind, memcheck and the leak budget are silent; "
			"DRD cannot judge this program.");
	made_release(&made);
}

Test(summary, a_test_that_fails_is_told_once)
{
	struct made_results made = {0};
	const struct program *program = exercise(&made);
	struct result *test = made_seen(&made, program, "test", OBSERVED_FAILS);

	add_silent(&made, program);
	for (size_t i = 0; i < made.results.count; i++) {
		struct result *result = &made.items[i];
		result->seen.failed = mem_copy("stop_waits");
		result->seen.said = mem_copy("stop_waits: 3 of 5 arrived\n");
		result->verdict.observed = i ? OBSERVED_CUT : OBSERVED_FAILS;
		result->verdict.agrees = false;
		result->verdict.why = mem_copy(i ? "under this detector these tests fail: stop_waits"
						 : "these tests fail: stop_waits");
	}
	test->seen.tests = 7;
	expect_sentence(&made, "The test stop_waits fails: 3 of 5 arrived.");
	char *text = shown(&made, false);
	cr_assert_eq(times(text, "3 of 5 arrived"), 2, "in the first line, and with the test: %s", text);
	cr_assert_eq(times(text, "these tests fail"), 1, "%s", text);
	free(text);
	free(test->seen.failed);
	test->seen.failed = mem_copy("counts, stop_waits");
	expect_sentence(&made, "2 of 7 tests fail: counts, stop_waits.");
	made_release(&made);
}

/* A test that stopped at a CHECK has no message, but its process has last words. */
Test(summary, the_line_that_stopped_a_test_is_told)
{
	struct made_results made = {0};
	struct result *test = made_seen(&made, exercise(&made), "test", OBSERVED_FAILS);

	test->seen.tests = 3;
	test->seen.failed = mem_copy("joins");
	test->seen.errors = mem_copy("[\033[0;34m----\033[0m] loading\nx.c:31: pthread_join(t, NULL): No such process\n"
				     "[\033[0;31m----\033[0m] x.c:9: Unexpected signal caught below this line!\n"
				     "[FAIL] x::joins: CRASH!\n");
	expect_sentence(&made,
			"The test joins does not come to its end: x.c:31: pthread_join(t, NULL): No such process.");
	made_release(&made);
}

static void stand(struct result *result, const char *role, int line)
{
	struct stack *stack = observation_add_standing(&result->seen, role);

	stack_add_frame(stack, "pthread_mutex_lock", NULL, 0, false);
	stack_add_frame(stack, "move", "/home/x/prog.c", line, true);
}

Test(summary, a_deadlock_says_who_holds_what)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	for (size_t i = 0; i < made.results.count; i++) {
		made.items[i].verdict = (struct verdict){.observed = OBSERVED_CUT, .why = mem_copy("it hung")};
		observation_end(&made.items[i].seen, ENDED_DEADLOCKED, "it hung");
	}
	stand(of(&made, "budget"), "Main thread waits for thread up to end", 3);
	stand(of(&made, "budget"), "Thread up waits for the mutex 'a', which thread down holds", 7);
	stand(of(&made, "budget"), "Thread down waits for the mutex 'b', which thread up holds", 9);
	/* What Helgrind says when the program is ended is not what went wrong before. */
	fires(&made, "helgrind", "Misc", "Thread up: Exiting thread still holds 1 lock", "move", 7);
	expect_sentence(&made,
			"It hangs in a deadlock: thread up waits for the mutex 'a', which thread down holds; thread "
			"down waits for the mutex 'b', which thread up holds.");
	char *text = shown(&made, false);
	cr_assert_eq(times(text, "Where its threads stood"), 1, "%s", text);
	cr_assert_lt(strstr(text, "Where its threads stood"), strstr(text, "tsan: "), "%s", text);
	cr_assert_eq(times(text, "  it hung\n"), 1, "%s", text);
	free(text);
	made_release(&made);
}

/* Who is sent a signal does not crash. */
Test(summary, a_signal_that_was_sent_is_no_crash)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	for (size_t i = 0; i < made.results.count; i++) {
		made.items[i].verdict = (struct verdict){.observed = OBSERVED_CUT, .why = mem_copy("it was killed")};
		observation_end(&made.items[i].seen, ENDED_BY_SIGNAL,
				"it was killed by signal 15 (SIGTERM, Terminated)");
		made.items[i].seen.signal = 15;
	}
	expect_sentence(&made, "It is killed by SIGTERM.");
	made_release(&made);
}

/* After who waits for a lock comes what its holder waits for, without which nobody knows why it hangs. */
Test(summary, a_hang_says_what_the_holder_waits_for)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	for (size_t i = 0; i < made.results.count; i++) {
		made.items[i].verdict = (struct verdict){.observed = OBSERVED_CUT, .why = mem_copy("it hung")};
		observation_end(&made.items[i].seen, ENDED_UNSIGNALLED, "it hung");
	}
	stand(of(&made, "budget"), "Main thread waits for thread consumer to end", 3);
	stand(of(&made, "budget"), "Thread consumer waits for a post to the semaphore 'items'", 7);
	stand(of(&made, "budget"), "Thread producer waits for the mutex 'm', which thread consumer holds", 9);
	expect_sentence(&made,
			"It hangs: thread producer waits for the mutex 'm', which thread consumer holds; thread "
			"consumer waits for a post to the semaphore 'items'; only the handler of a signal could change "
			"that.");
	made_release(&made);
}

/* It has nothing to do with a block's life, and what kills the program was not before that. */
Test(summary, a_null_pointer_is_told_as_one)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	for (size_t i = 0; i < made.results.count; i++) {
		made.items[i].verdict = (struct verdict){.observed = OBSERVED_CUT, .why = mem_copy("it crashed")};
		observation_end(&made.items[i].seen, ENDED_BY_SIGNAL, "it was killed by signal 11 (SIGSEGV, Fault)");
		made.items[i].seen.signal = 11;
	}
	struct finding *finding = fires(&made, "memcheck", "InvalidWrite", "Invalid write of size 4", "move", 7);
	finding_add_stack(finding, "Address 0x8, 8 bytes from a null pointer, is not stack'd");
	stand(of(&made, "memcheck"), "Thread move got SIGSEGV", 7);
	expect_sentence(&made,
			"It crashes with SIGSEGV in move (prog.c:7), by a write through a null pointer; memcheck "
			"sees it.");
	char *text = shown(&made, false);
	cr_assert(strstr(text, "Look at: where this pointer is set"), "%s", text);
	cr_assert(!strstr(text, "freed already"), "%s", text);
	free(text);
	made_release(&made);
}

Test(summary, a_crash_leads_to_what_was_before_it)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	for (size_t i = 0; i < made.results.count; i++) {
		struct result *result = &made.items[i];
		result->verdict = (struct verdict){.observed = OBSERVED_CUT, .why = mem_copy("it crashed")};
		observation_end(&result->seen, ENDED_BY_SIGNAL, "it was killed by signal 11 (SIGSEGV, %s)",
				"Segmentation");
		result->seen.signal = 11;
	}
	struct finding *other = fires(&made, "tsan", "data-race", "Write of size 4 by thread a", "early", 5);
	and(other, "Previous write of size 4 by thread b", NULL, "early", 6);
	struct finding *finding = fires(&made, "tsan", "data-race", "Read of size 8 by thread reader", "reader", 19);
	and(finding, "Previous write of size 8 by main thread", NULL, "main", 33);
	stand(of(&made, "memcheck"), "Thread reader got SIGSEGV", 19);
	expect_sentence(&made,
			"It crashes with SIGSEGV in move (prog.c:19); before that, a data race: thread reader reads "
			"what main thread writes, and nothing orders the two; ThreadSanitizer sees it. 1 more "
			"finding follows.");
	made_release(&made);
}

/* Helgrind's report of a right program: no test can have it made, for it takes a million rounds and luck. */
Test(summary, what_helgrind_says_of_a_spin_lock_is_doubted)
{
	struct made_results made = {0};
	char path[] = "build/spins.XXXXXX";
	int file = mkstemp(path);

	cr_assert(file >= 0 && dprintf(file, "int x = pthread_spin_lock(&lock);\n") > 0 && close(file) == 0);
	add_silent(&made, own_program(&made));
	struct finding *finding = fires(&made, "helgrind", "Misc",
					"Thread add: Bug in libpthread: recursive write lock granted on mutex/wrlock "
					"which does not support recursion",
					"add", 1);
	free(finding->stacks[0].frames[0].file);
	finding->stacks[0].frames[0].file = mem_copy(path);
	char *text = shown(&made, false);
	unlink(path);
	cr_assert_eq(strncmp(text, "Perhaps a lock or a condition used against its rules, in add ", 61), 0, "%s", text);
	cr_assert(strstr(text, "their verdicts count."), "%s", text);
	free(text);
	made_release(&made);
}

/* Under Valgrind a program takes many times as long; that is not to be told of the program. */
Test(summary, an_end_that_not_all_have_seen_says_who_has)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	for (int i = 0; i < 2; i++) {
		struct result *result = of(&made, i ? "drd" : "helgrind");
		result->verdict = (struct verdict){.observed = OBSERVED_CUT, .why = mem_copy("it was still running")};
		observation_end(&result->seen, ENDED_LATE, "it was still running after 60 s");
	}
	expect_sentence(&made, "Under Helgrind and DRD it does not end in time.");
	made_release(&made);
}

/* Nobody asked for a bound, and yet it is worth a word. */
Test(summary, threads_that_were_left_are_told)
{
	struct made_results made = {0};
	struct program *program = own_program(&made);

	add_silent(&made, program);
	of(&made, "budget")->seen.measured =
		json_pack("{s:i, s:i}", "threads_at_exit", 1, "threads_unjoined_at_exit", 20);
	expect_sentence(&made, "All five detectors are silent, but 20 threads ended and nobody joined them.");
	json_object_set_new(of(&made, "budget")->seen.measured, "threads_unjoined_at_exit", json_integer(0));
	json_object_set_new(of(&made, "budget")->seen.measured, "threads_at_exit", json_integer(2));
	expect_sentence(&made, "All five detectors are silent, but 1 thread still ran at its end.");
	/* Where bounds are declared, they say it. */
	program->declared = true;
	expect_sentence(&made, "All five detectors are silent.");
	made_release(&made);
}

Test(summary, a_status_is_told_with_the_last_words)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	for (size_t i = 0; i < made.results.count; i++) {
		made.items[i].seen.status = 3;
		made.items[i].seen.errors = mem_copy("starting\nfatal: no configuration\n");
	}
	expect_sentence(&made, "All five detectors are silent, but the program ended with status 3: fatal: no "
			       "configuration.");
	made_release(&made);
}

Test(summary, what_was_declared_is_told_as_such)
{
	struct made_results made = {0};
	struct program *program = made_program(&made, "02-x/y", "fixed", ROLE_FIXED, "chapters/02-x/y/fixed.c");
	struct result *result = made_result(&made, program, "helgrind", WORD_FALSE_ALARM, OBSERVED_FIRES, NULL);

	made_finding(result, "Race", "", "Possible data race during read of size 4 by thread a", "load", NULL,
		     "/home/x/prog.c", 5);
	expect_sentence(&made,
			"As declared: a false alarm: a data race: thread a reads what another thread changes, and "
			"nothing orders the two; Helgrind reports it.");
	result->verdict.agrees = false;
	made.expectations[0].word = WORD_SILENT;
	expect_sentence(&made, "Not as declared: a data race: thread a reads what another thread changes, and nothing "
			       "orders the two; Helgrind sees it.");
	made_release(&made);
}

Test(summary, a_broken_bound_says_its_figures)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	fires(&made, "budget", "threads-at-exit", "'threads at exit <= 1' does not hold: 3 against 1 at exit", "loop",
	      9);
	expect_sentence(&made, "The budget does not hold: 'threads at exit <= 1', with 3 against 1 at exit.");
	made_release(&made);
}

/* Two faults of one program: the worse one leads, whichever comes first. */
Test(summary, the_worst_fault_leads)
{
	struct made_results made = {0};

	add_silent(&made, own_program(&made));
	fires(&made, "tsan", "thread-leak", "thread leak", "main", 30);
	fires(&made, "memcheck", "InvalidFree", "Invalid free", "drop", 12);
	expect_sentence(&made,
			"A block that is freed twice, or that malloc() never gave, in drop (prog.c:12); memcheck "
			"sees it. 1 more finding follows.");
	made_release(&made);
}

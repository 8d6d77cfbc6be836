/* The choice of steps: what it takes, what it leaves out, and that luck does not change it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/files.h"
#include "base/mem.h"
#include "base/text.h"
#include "trace/select.h"

#define HEAD(threads) "{\"trace\":1,\"program\":\"p broken\",\"threads\":[" threads "]}\n"
#define STEP(number, thread, does, more) "{\"step\":" #number ",\"thread\":" #thread ",\"does\":\"" does "\"" more "}\n"
#define ON(object) ",\"on\":\"" object "\""
#define OTHER(thread) ",\"other\":" #thread
#define AFTER(steps) ",\"after\":[" steps "]"

static char *written(const struct trace *trace)
{
	struct text text;

	trace_write(text_open(&text), trace);
	return text_close(&text);
}

/* What is chosen of the trace that the text has; for trace_release(). */
static struct trace choice_of(const char *text)
{
	FILE *in = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct trace whole, chosen;
	char *error;

	cr_assert(trace_read(in, &whole, &error), "%s", error);
	fclose(in);
	trace_select(&whole, &chosen);
	trace_release(&whole);
	return chosen;
}

static void expect_choice(const char *text, const char *expected)
{
	struct trace chosen = choice_of(text);
	char *words = written(&chosen);

	cr_expect_str_eq(words, expected);
	free(words);
	trace_release(&chosen);
}

static size_t count(const struct trace *trace, enum trace_does does)
{
	size_t found = 0;

	for (size_t i = 0; i < trace->count; i++)
		found += trace->steps[i].does == does;
	return found;
}

Test(trace_select, of_a_recorded_run_is_as_it_was_looked_at)
{
	char *whole = file_read("harness/tests/captured/traces/implicit-contract.jsonl");
	char *expected = file_read("harness/tests/captured/traces/implicit-contract.chosen.jsonl");

	cr_assert(whole && expected);
	expect_choice(whole, expected);
	free(whole);
	free(expected);
}

Test(trace_select, of_a_choice_is_the_choice)
{
	char *chosen = file_read("harness/tests/captured/traces/implicit-contract.chosen.jsonl");

	expect_choice(chosen, chosen);
	free(chosen);
}

/* The same program, twice: who comes first to the lock, and whether a thread was there before its point, is luck. */
Test(trace_select, does_not_tell_of_luck)
{
	static const char early[] = HEAD("\"main\",\"work\"") STEP(1, 0, "start", OTHER(1))
		STEP(2, 1, "begin", AFTER("1")) STEP(3, 1, "wait", ON("point GO")) STEP(4, 0, "lock", ON("lock l"))
			STEP(5, 0, "unlock", ON("lock l")) STEP(6, 0, "reach", ON("point GO"))
				STEP(7, 1, "go", ON("point GO") AFTER("6")) STEP(8, 1, "lock", ON("lock l"))
					STEP(9, 1, "unlock", ON("lock l")) STEP(10, 1, "end", "")
						STEP(11, 0, "join", OTHER(1) AFTER("10")) STEP(12, 0, "exit", "");
	static const char late[] = HEAD("\"main\",\"work\"") STEP(1, 0, "start", OTHER(1))
		STEP(2, 0, "lock", ON("lock l")) STEP(3, 0, "unlock", ON("lock l")) STEP(4, 0, "reach", ON("point GO"))
			STEP(5, 1, "begin", AFTER("1")) STEP(6, 1, "wait", ON("point GO"))
				STEP(7, 1, "go", ON("point GO") AFTER("4")) STEP(8, 1, "lock", ON("lock l"))
					STEP(9, 1, "unlock", ON("lock l")) STEP(10, 1, "end", "")
						STEP(11, 0, "join", OTHER(1) AFTER("10")) STEP(12, 0, "exit", "");
	static const char chosen[] = HEAD("\"main\",\"work\"") STEP(1, 0, "start", OTHER(1))
		STEP(2, 1, "begin", AFTER("1")) STEP(3, 0, "reach", ON("point GO")) STEP(4, 1, "wait", ON("point GO"))
			STEP(5, 1, "go", ON("point GO") AFTER("3")) STEP(6, 1, "end", "")
				STEP(7, 0, "join", OTHER(1) AFTER("6")) STEP(8, 0, "exit", "");

	expect_choice(early, chosen);
	expect_choice(late, chosen);
}

/* A thread that nobody waits for may have ended before the program, or not. */
Test(trace_select, leaves_out_what_need_not_have_happened)
{
	struct trace chosen = choice_of(HEAD("\"main\",\"work\"") STEP(1, 0, "start", OTHER(1)) STEP(
		2, 0, "detach", OTHER(1)) STEP(3, 1, "begin", AFTER("1")) STEP(4, 1, "end", "") STEP(5, 0, "exit", ""));

	cr_expect_eq(count(&chosen, DOES_END), 0);
	cr_expect_eq(count(&chosen, DOES_START), 1, "but it was started");
	cr_expect_eq(count(&chosen, DOES_BEGIN), 1);
	trace_release(&chosen);
}

static size_t index_of(const struct trace *trace, enum trace_does does)
{
	size_t i = 0;

	while (i < trace->count && trace->steps[i].does != does)
		i++;
	cr_assert_lt(i, trace->count);
	return i;
}

/* Main frees once another thread has come to its point; a third uses the block afterwards, and nothing orders it. */
Test(trace_select, tells_a_use_after_the_free)
{
#define AT(line) ",\"file\":\"broken.c\",\"line\":" #line ",\"in\":\"f\""
#define INVALID ",\"kind\":\"InvalidRead\",\"detector\":\"memcheck\""
	struct trace chosen = choice_of(
		HEAD("\"main\",\"serve\",\"ask\"") STEP(1, 0, "start", OTHER(1)) STEP(2, 1, "begin", AFTER("1"))
			STEP(3, 0, "start", OTHER(2)) STEP(4, 2, "begin", AFTER("3")) STEP(5, 0, "wait", ON("point P"))
				STEP(6, 2, "reach", ON("point P")) STEP(7, 0, "go", ON("point P") AFTER("6"))
					STEP(8, 0, "free", ON("store") AT(8)) STEP(9, 1, "read", ON("store") AT(9))
						STEP(10, 1, "finding", ON("store") AT(9) INVALID AFTER("8"))
							STEP(11, 1, "end", "") STEP(12, 2, "end", "")
								STEP(13, 0, "join", OTHER(1) AFTER("11"))
									STEP(14, 0, "join", OTHER(2) AFTER("12"))
										STEP(15, 0, "exit", ""));

	cr_expect_lt(index_of(&chosen, DOES_FREE), index_of(&chosen, DOES_READ));
	trace_release(&chosen);
}

/* The waiter holds the lock from before it reaches the point until it waits: no signal can come in between. */
Test(trace_select, takes_a_wait_that_could_not_be_spared)
{
#define WAITS(reach, lock)                                                                                             \
	HEAD("\"main\",\"work\"")                                                                                      \
	STEP(1, 0, "start", OTHER(1))                                                                                  \
	STEP(2, 1, "begin", AFTER("1"))                                                                                \
	STEP(3, 1, "wait", ON("point GO"))                                                                             \
	reach lock STEP(6, 0, "wait", ON("condition c")) STEP(7, 1, "go", ON("point GO") AFTER(REACHED))               \
		STEP(8, 1, "lock", ON("lock l")) STEP(9, 1, "signal", ON("condition c"))                               \
			STEP(10, 1, "unlock", ON("lock l")) STEP(11, 0, "go", ON("condition c") AFTER("9"))            \
				STEP(12, 0, "exit", "")
#define REACHED "5"
	struct trace chosen = choice_of(WAITS(STEP(4, 0, "lock", ON("lock l")), STEP(5, 0, "reach", ON("point GO"))));
	cr_expect_eq(count(&chosen, DOES_SIGNAL), 1);
	cr_expect_eq(count(&chosen, DOES_WAIT), 2);
	trace_release(&chosen);
#undef REACHED
#define REACHED "4"
	chosen = choice_of(WAITS(STEP(4, 0, "reach", ON("point GO")), STEP(5, 0, "lock", ON("lock l"))));
	cr_expect_eq(count(&chosen, DOES_SIGNAL), 0, "the signal could have come before the lock was taken");
	trace_release(&chosen);
}

/* Main starts 20 threads that have nothing in common: of them as many are drawn as there is room for. */
Test(trace_select, keeps_to_its_room)
{
	struct text text;
	FILE *out = text_open(&text);
	int step = 0;

	fprintf(out, "{\"trace\":1,\"program\":\"p broken\",\"threads\":[\"main\"");
	for (int i = 1; i <= 20; i++)
		fprintf(out, ",\"work_on_%d\"", i);
	fprintf(out, "]}\n");
	for (int i = 1; i <= 20; i++)
		fprintf(out, "{\"step\":%d,\"thread\":0,\"does\":\"start\",\"other\":%d}\n", ++step, i);
	for (int i = 1; i <= 20; i++)
		fprintf(out, "{\"step\":%d,\"thread\":%d,\"does\":\"begin\",\"after\":[%d]}\n", ++step, i, i);
	for (int i = 1; i <= 60; i++)
		fprintf(out, "{\"step\":%d,\"thread\":0,\"does\":\"free\",\"on\":\"block item\",\"line\":%d}\n", ++step,
			i);
	fprintf(out, "{\"step\":%d,\"thread\":0,\"does\":\"exit\"}\n", ++step);
	char *whole = text_close(&text);
	struct trace chosen = choice_of(whole);
	size_t mains = 0;

	for (size_t i = 0; i < chosen.count; i++)
		mains += chosen.steps[i].thread == 0;
	cr_expect_leq(chosen.thread_count, SELECT_LANES);
	cr_expect_eq(chosen.threads_left_out, 21 - chosen.thread_count);
	cr_expect_leq(mains, SELECT_STEPS);
	cr_expect_eq(chosen.steps[chosen.count - 1].does, DOES_EXIT);
	free(whole);
	trace_release(&chosen);
}

#define HOUR ON("all others") ",\"file\":\"b.c\",\"line\":7"

/* A clock: main() turns it three times, and waits until the other thread waits again; after the third it ends. */
Test(trace_select, takes_one_of_the_waits_between_which_nothing_is_drawn)
{
	/* clang-format off */
	struct trace chosen = choice_of(HEAD("\"main\",\"work\"")
		STEP(1, 0, "start", OTHER(1))
		STEP(2, 1, "begin", AFTER("1"))
		STEP(3, 1, "lock", ON("lock l"))
		STEP(4, 1, "wait", ON("condition c"))
		STEP(5, 0, "lock", ON("lock l"))
		STEP(6, 0, "signal", ON("condition c"))
		STEP(7, 0, "unlock", ON("lock l"))
		STEP(8, 1, "go", ON("condition c") AFTER("6"))
		STEP(9, 1, "unlock", ON("lock l"))
		STEP(10, 1, "lock", ON("lock l"))
		STEP(11, 1, "wait", ON("condition c"))
		STEP(12, 0, "wait", HOUR)
		STEP(13, 0, "go", HOUR AFTER("11"))
		STEP(14, 0, "lock", ON("lock l"))
		STEP(15, 0, "signal", ON("condition c"))
		STEP(16, 0, "unlock", ON("lock l"))
		STEP(17, 1, "go", ON("condition c") AFTER("15"))
		STEP(18, 1, "unlock", ON("lock l"))
		STEP(19, 1, "lock", ON("lock l"))
		STEP(20, 1, "wait", ON("condition c"))
		STEP(21, 0, "wait", HOUR)
		STEP(22, 0, "go", HOUR AFTER("20"))
		STEP(23, 0, "lock", ON("lock l"))
		STEP(24, 0, "signal", ON("condition c"))
		STEP(25, 0, "unlock", ON("lock l"))
		STEP(26, 1, "go", ON("condition c") AFTER("24"))
		STEP(27, 1, "unlock", ON("lock l"))
		STEP(28, 0, "wait", HOUR)
		STEP(29, 1, "end", "")
		STEP(30, 0, "go", HOUR AFTER("29"))
		STEP(31, 0, "join", OTHER(1) AFTER("29"))
		STEP(32, 0, "exit", ""));
	/* clang-format on */
	size_t waits = 0;

	for (size_t i = 0; i < chosen.count; i++)
		waits += chosen.steps[i].thread == 0 && chosen.steps[i].does == DOES_WAIT;
	cr_expect_eq(waits, 2, "%zu", waits);
	cr_expect_eq(chosen.steps_left_out, 2, "%zu", chosen.steps_left_out);
	trace_release(&chosen);
}

Test(trace_select, of_nothing_is_nothing)
{
	struct trace whole = {0}, chosen;

	trace_select(&whole, &chosen);
	cr_expect_eq(chosen.count, 0);
	trace_release(&chosen);
}

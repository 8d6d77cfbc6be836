/* Threads that are equal: drawn as one lane, whichever of them a finding names. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "base/text.h"
#include "trace/select.h"

struct run {
	struct trace whole, chosen;
};

static struct trace_step *add(struct run *run, int thread, enum trace_does does, int other, int after)
{
	struct trace_step *step = trace_add(&run->whole, thread, does);

	step->other = other;
	if (after >= 0)
		trace_step_after(step, (size_t)after);
	return step;
}

static int last(const struct run *run)
{
	return (int)run->whole.count - 1;
}

static struct run with_threads(int workers)
{
	struct run run = {.whole = {.program = mem_copy("p broken")}};

	trace_add_thread(&run.whole, "main");
	for (int i = 1; i <= workers; i++) {
		char *name = i > 1 ? mem_format("work %d", i) : mem_copy("work");
		trace_add_thread(&run.whole, name);
		free(name);
	}
	return run;
}

static void choose(struct run *run)
{
	trace_select(&run->whole, &run->chosen);
}

static void release(struct run *run)
{
	trace_release(&run->whole);
	trace_release(&run->chosen);
}

static char *written(const struct run *run)
{
	struct text text;

	trace_write(text_open(&text), &run->chosen);
	return text_close(&text);
}

static const struct trace_step *find(const struct run *run, enum trace_does does)
{
	for (size_t i = 0; i < run->chosen.count; i++)
		if (run->chosen.steps[i].does == does)
			return &run->chosen.steps[i];
	return NULL;
}

/* Main starts three, lets them go by a point, and joins them; `named` reads what a finding is about. */
static struct run with_finding(int named)
{
	struct run run = with_threads(3);
	int starts[4], ends[4];

	for (int i = 1; i <= 3; i++) {
		add(&run, 0, DOES_START, i, -1);
		starts[i] = last(&run);
	}
	for (int i = 1; i <= 3; i++) {
		add(&run, i, DOES_BEGIN, -1, starts[i]);
		add(&run, i, DOES_WAIT, -1, -1)->on = mem_copy("point GO");
	}
	add(&run, 0, DOES_REACH, -1, -1)->on = mem_copy("point GO");
	int reached = last(&run);
	for (int i = 1; i <= 3; i++) {
		add(&run, i, DOES_GO, -1, reached)->on = mem_copy("point GO");
		if (i == named) {
			add(&run, i, DOES_READ, -1, -1)->line = 7;
			struct trace_step *finding = add(&run, i, DOES_FINDING, -1, -1);
			finding->kind = mem_copy("data-race");
			finding->line = 7;
		}
		add(&run, i, DOES_END, -1, -1);
		ends[i] = last(&run);
	}
	for (int i = 1; i <= 3; i++)
		add(&run, 0, DOES_JOIN, i, ends[i]);
	add(&run, 0, DOES_EXIT, -1, -1);
	choose(&run);
	return run;
}

Test(fold, draws_equal_threads_as_one_whichever_a_finding_names)
{
	struct run first = with_finding(1), second = with_finding(2), third = with_finding(3);
	char *one = written(&first), *two = written(&second), *three = written(&third);

	cr_assert_eq(first.chosen.thread_count, 2);
	cr_expect_str_eq(first.chosen.threads[1], "work x3");
	cr_expect_eq(first.chosen.threads_left_out, 0);
	cr_expect(find(&first, DOES_FINDING) && find(&first, DOES_READ));
	cr_expect_str_eq(one, two);
	cr_expect_str_eq(one, three);
	free(one);
	free(two);
	free(three);
	release(&first);
	release(&second);
	release(&third);
}

Test(fold, keeps_threads_apart_that_differ)
{
	struct run run = with_threads(2);

	add(&run, 0, DOES_START, 1, -1);
	add(&run, 0, DOES_START, 2, -1);
	add(&run, 1, DOES_BEGIN, -1, 0);
	add(&run, 2, DOES_BEGIN, -1, 1);
	add(&run, 1, DOES_FREE, -1, -1)->line = 5;
	add(&run, 1, DOES_END, -1, -1);
	add(&run, 2, DOES_FREE, -1, -1)->line = 6;
	add(&run, 2, DOES_END, -1, -1);
	add(&run, 0, DOES_JOIN, 1, 5);
	add(&run, 0, DOES_JOIN, 2, 7);
	add(&run, 0, DOES_EXIT, -1, -1);
	choose(&run);
	cr_assert_eq(run.chosen.thread_count, 3);
	cr_expect_str_eq(run.chosen.threads[2], "work 2");
	release(&run);
}

/* The second is let go only after the first has ended: they do not do the same at the same time. */
Test(fold, keeps_threads_apart_of_which_one_comes_after_the_other)
{
	struct run run = with_threads(2);

	add(&run, 0, DOES_START, 1, -1);
	add(&run, 0, DOES_START, 2, -1);
	add(&run, 1, DOES_BEGIN, -1, 0);
	add(&run, 2, DOES_BEGIN, -1, 1);
	add(&run, 1, DOES_FREE, -1, -1)->line = 5;
	add(&run, 1, DOES_END, -1, -1);
	add(&run, 2, DOES_FREE, -1, 5)->line = 5;
	add(&run, 2, DOES_END, -1, -1);
	add(&run, 0, DOES_JOIN, 1, 5);
	add(&run, 0, DOES_JOIN, 2, 7);
	add(&run, 0, DOES_EXIT, -1, -1);
	choose(&run);
	cr_expect_eq(run.chosen.thread_count, 3);
	release(&run);
}

Test(fold, draws_the_first_of_threads_that_come_in_turn)
{
	struct run run = with_threads(3);

	for (int i = 1; i <= 3; i++) {
		add(&run, 0, DOES_START, i, -1);
		add(&run, i, DOES_BEGIN, -1, last(&run));
		add(&run, i, DOES_END, -1, -1);
		add(&run, 0, DOES_JOIN, i, last(&run));
	}
	add(&run, 0, DOES_EXIT, -1, -1);
	choose(&run);
	cr_assert_eq(run.chosen.thread_count, 2);
	cr_expect_str_eq(run.chosen.threads[1], "work");
	cr_expect_eq(run.chosen.threads_left_out, 0);
	cr_expect_eq(find(&run, DOES_JOIN)->times, 3);
	cr_expect_eq(find(&run, DOES_START)->times, 0);
	release(&run);
}

/* Nobody joins them; the one for whom there was no room waits for ever, and which of them that is is luck. */
static struct run with_one_that_waits(int waiting)
{
	struct run run = with_threads(2);

	add(&run, 0, DOES_START, 1, -1);
	add(&run, 0, DOES_START, 2, -1);
	for (int i = 1; i <= 2; i++)
		add(&run, i, DOES_BEGIN, -1, i - 1);
	for (int i = 1; i <= 2; i++)
		if (i == waiting)
			add(&run, i, DOES_WAIT, -1, -1)->on = mem_copy("condition room");
		else
			add(&run, i, DOES_END, -1, -1);
	add(&run, 0, DOES_WAIT, -1, -1)->on = mem_copy("all others");
	struct trace_step *go = add(&run, 0, DOES_GO, -1, 4);
	go->on = mem_copy("all others");
	trace_step_after(go, 5);
	add(&run, 0, DOES_EXIT, -1, -1);
	choose(&run);
	return run;
}

Test(fold, tells_how_many_of_a_lane_wait_for_ever)
{
	struct run first = with_one_that_waits(1), second = with_one_that_waits(2);
	char *one = written(&first), *two = written(&second);

	cr_assert_eq(first.chosen.thread_count, 2);
	cr_expect_str_eq(first.chosen.threads[1], "work x2");
	cr_expect_null(find(&first, DOES_END));
	cr_expect_str_eq(one, two);
	for (size_t i = 0; i < first.chosen.count; i++)
		if (first.chosen.steps[i].thread == 1 && first.chosen.steps[i].does == DOES_WAIT)
			cr_expect_eq(first.chosen.steps[i].times, 1);
	free(one);
	free(two);
	release(&first);
	release(&second);
}

Test(fold, tells_a_step_once_that_is_taken_again)
{
	struct run run = with_threads(1);

	add(&run, 0, DOES_START, 1, -1);
	add(&run, 1, DOES_BEGIN, -1, 0);
	for (int i = 1; i <= 3; i++) {
		struct trace_step *step = add(&run, 1, DOES_FREE, -1, -1);
		step->on = i > 1 ? mem_format("block item %d", i) : mem_copy("block item");
		step->line = 5;
	}
	add(&run, 1, DOES_FREE, -1, -1)->line = 6;
	add(&run, 1, DOES_END, -1, -1);
	add(&run, 0, DOES_JOIN, 1, last(&run));
	add(&run, 0, DOES_EXIT, -1, -1);
	choose(&run);
	size_t frees = 0;
	for (size_t i = 0; i < run.chosen.count; i++)
		frees += run.chosen.steps[i].does == DOES_FREE;
	cr_expect_eq(frees, 2);
	cr_expect_eq(find(&run, DOES_FREE)->times, 3);
	release(&run);
}

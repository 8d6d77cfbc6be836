/*
 * What keeper.h promises, on a clock that the test turns by hand: a pause takes
 * no time, and a run takes as long as the task says.
 */
#include "keeper.h"

#include <errno.h>

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/gate.h"

enum {
	PATIENCE = 200,	     /* runs, after which the task is done in any case: only a wrong keeper gets there */
	FOR_EVER = 86400000, /* ms */
};

/* Used by the keeper's thread, and by the test once that has ended. */
static struct world {
	long now;
	int runs, fail; /* runs so far; how many of them fail */
	long run_time;	/* ms, of each run */
	long pauses[PATIENCE];
	int pause_count;
} world;

static struct stop stop;
static struct gate in_pause = GATE_INITIALIZER;

static long now(void *context)
{
	return ((struct world *)context)->now;
}

static bool turn(void *context, struct stop *asked, long milliseconds)
{
	struct world *w = context;

	cr_assert_lt(w->pause_count, PATIENCE, "pauses without end");
	w->pauses[w->pause_count++] = milliseconds;
	w->now += milliseconds;
	return stop_requested(asked);
}

static const struct keeper_clock by_hand = {now, turn, &world};

static int task(void *context, struct stop *asked)
{
	struct world *w = context;

	w->now += w->run_time;
	w->runs++;
	(void)asked;
	return w->runs <= w->fail && w->runs < PATIENCE ? EIO : 0;
}

static int run(int fail, long run_time)
{
	world.fail = fail;
	world.run_time = run_time;
	stop_init(&stop);
	return keeper_run(&by_hand, task, &world, &stop);
}

Test(keeper, gives_up_and_tells, .timeout = 60)
{
	int error = run(PATIENCE, 1);

	cr_assert_eq(world.runs, KEEPER_FAILURES, "a task that always fails was run %d times", world.runs);
	cr_assert_eq(error, EIO, "the caller was not told the error, but %d", error);
}

Test(keeper, pauses_longer_and_longer, .timeout = 60)
{
	long expected = KEEPER_FIRST_PAUSE;

	cr_assert_eq(run(KEEPER_FAILURES - 1, 1), 0, "one failure less than the limit is no reason to give up");
	cr_assert_eq(world.runs, KEEPER_FAILURES);
	cr_assert_eq(world.pause_count, KEEPER_FAILURES - 1, "%d failures, %d pauses", KEEPER_FAILURES - 1,
		     world.pause_count);
	for (int i = 0; i < world.pause_count; i++) {
		cr_assert_eq(world.pauses[i], expected, "pause %d was %ld ms", i + 1, world.pauses[i]);
		expected = 2 * expected < KEEPER_LONGEST_PAUSE ? 2 * expected : KEEPER_LONGEST_PAUSE;
	}
}

Test(keeper, forgives_what_is_rare, .timeout = 60)
{
	int fail = 3 * KEEPER_FAILURES;

	cr_assert_eq(run(fail, KEEPER_WINDOW), 0, "given up, with a failure in ten seconds");
	cr_assert_eq(world.runs, fail + 1);
	for (int i = 0; i < world.pause_count; i++)
		cr_assert_eq(world.pauses[i], KEEPER_FIRST_PAUSE, "in good health before, and pause %d was %ld ms",
			     i + 1, world.pauses[i]);
}

static bool wait_for_real(void *context, struct stop *asked, long milliseconds)
{
	(void)context;
	(void)milliseconds;
	gate_open(&in_pause);
	return stop_wait(asked, FOR_EVER);
}

static void *keep(void *error)
{
	static const struct keeper_clock clock = {now, wait_for_real, &world};

	*(int *)error = keeper_run(&clock, task, &world, &stop);
	gate_open(&in_pause); /* if there was none, nobody shall wait for it */
	return NULL;
}

Test(keeper, stops_in_a_pause, .timeout = 60)
{
	pthread_t keeper;
	int error = -1;

	world.fail = PATIENCE;
	stop_init(&stop);
	CHECK(pthread_create(&keeper, NULL, keep, &error));
	gate_wait(&in_pause);
	stop_request(&stop);
	CHECK(pthread_join(keeper, NULL));
	cr_assert_eq(world.runs, 1, "stopped in the first pause, and the task was run %d times", world.runs);
	cr_assert_eq(error, 0, "a stop is no failure");
}

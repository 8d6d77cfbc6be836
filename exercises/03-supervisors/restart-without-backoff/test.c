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
	long run_time;	/* ms, of each run but the long one */
	int long_run;	/* takes another time, in ms: */
	long long_time;
	int stopped_in; /* in this run a stop is requested */
	long pauses[PATIENCE];
	int pause_count;
} world;

static char plug; /* what the task is about: not what the clock is about */
static struct stop stop;
static struct gate in_pause = GATE_INITIALIZER;

static long now(void *context)
{
	cr_assert_eq(context, &world, "the clock was asked, and not with its own context");
	return world.now;
}

static bool turn(void *context, struct stop *asked, long milliseconds)
{
	struct world *w = &world;

	cr_assert_eq(context, w, "the clock was asked to wait, and not with its own context");
	cr_assert_lt(w->pause_count, PATIENCE, "pauses without end");
	w->pauses[w->pause_count++] = milliseconds;
	w->now += milliseconds;
	return stop_requested(asked);
}

static const struct keeper_clock by_hand = {now, turn, &world};

static int task(void *context, struct stop *asked)
{
	struct world *w = &world;

	cr_assert_eq(context, &plug, "the task was run, and not with its own context");
	w->runs++;
	w->now += w->runs == w->long_run ? w->long_time : w->run_time;
	if (w->runs == w->stopped_in)
		stop_request(asked);
	if (w->runs > w->fail || w->runs >= PATIENCE)
		return 0;
	return w->runs == KEEPER_FAILURES ? ENODEV : EIO;
}

static int run(int fail, long run_time)
{
	world.fail = fail;
	world.run_time = run_time;
	stop_init(&stop);
	int error = keeper_run(&by_hand, task, &plug, &stop);
	stop_destroy(&stop);
	return error;
}

Test(keeper, gives_up_and_tells, .timeout = 60)
{
	world.now = -1; /* so that the first failure is at 0, a time like any other */
	int error = run(PATIENCE, 1);

	cr_assert_eq(world.runs, KEEPER_FAILURES, "a task that always fails was run %d times", world.runs);
	cr_assert_eq(error, ENODEV, "the caller was not told the error of the last failure, but %d", error);
}

/*
 * Nearly the whole window lies between the first failure and the second: the first ten are too far apart, and the ten
 * from the second on are not. A window that does not move along, begun at the start or at a failure, ends among them.
 */
Test(keeper, gives_up_in_any_ten_seconds, .timeout = 60)
{
	world.long_run = 2;
	world.long_time = KEEPER_WINDOW - 100;
	run(PATIENCE, 1);
	cr_assert_eq(world.runs, 1 + KEEPER_FAILURES, "given up after %d runs", world.runs);

	/* A failure is one of the ten even after a run in good health. */
	world = (struct world){.long_run = 3, .long_time = KEEPER_WINDOW};
	run(PATIENCE, 1);
	cr_assert_eq(world.runs, 2 + KEEPER_FAILURES, "run 3 was in good health, and given up after %d runs",
		     world.runs);
}

/* From the first failure to the last that is allowed it is the window, and then 1 ms more. */
Test(keeper, gives_up_at_the_end_of_the_window, .timeout = 60)
{
	long pauses = 0;

	for (long i = 1, pause = KEEPER_FIRST_PAUSE; i < KEEPER_FAILURES; i++, pause *= 2)
		pauses += pause < KEEPER_LONGEST_PAUSE ? pause : KEEPER_LONGEST_PAUSE;
	for (int more = 0; more < 2; more++) {
		world = (struct world){.long_run = 2};
		world.long_time = KEEPER_WINDOW - pauses - (KEEPER_FAILURES - 2) + more;
		run(PATIENCE, 1);
		cr_assert_eq(world.runs, KEEPER_FAILURES + more, "%d failures in %d ms, and given up after %d runs",
			     KEEPER_FAILURES, KEEPER_WINDOW + more, world.runs);
	}
}

/* Each run fails before it was in good health, but for the last one. */
static void expect_longer_and_longer(long run_time)
{
	long expected = KEEPER_FIRST_PAUSE;

	world = (struct world){0};
	cr_assert_eq(run(KEEPER_FAILURES - 1, run_time), 0, "one failure less than the limit, and given up");
	cr_assert_eq(world.runs, KEEPER_FAILURES);
	cr_assert_eq(world.pause_count, KEEPER_FAILURES - 1, "%d failures, %d pauses", KEEPER_FAILURES - 1,
		     world.pause_count);
	for (int i = 0; i < world.pause_count; i++) {
		cr_assert_eq(world.pauses[i], expected, "pause %d was %ld ms", i + 1, world.pauses[i]);
		expected = 2 * expected < KEEPER_LONGEST_PAUSE ? 2 * expected : KEEPER_LONGEST_PAUSE;
	}
}

/* One run in good health among others. */
static void expect_new_beginning(void)
{
	static const long expected[] = {KEEPER_FIRST_PAUSE, 2 * KEEPER_FIRST_PAUSE, KEEPER_FIRST_PAUSE,
					2 * KEEPER_FIRST_PAUSE};
	enum { PAUSES = sizeof expected / sizeof *expected, HEALTHY = 3 };

	world = (struct world){.long_run = HEALTHY, .long_time = KEEPER_WINDOW};
	run(PAUSES, 1);
	for (int i = 0; i < PAUSES; i++)
		cr_assert_eq(world.pauses[i], expected[i], "run %d was in good health, and pause %d was %ld ms",
			     HEALTHY, i + 1, world.pauses[i]);
}

Test(keeper, pauses_longer_and_longer, .timeout = 60)
{
	expect_longer_and_longer(1);
	expect_longer_and_longer(KEEPER_WINDOW - 1); /* which is not yet good health */
	expect_new_beginning();
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

	*(int *)error = keeper_run(&clock, task, &plug, &stop);
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

Test(keeper, runs_nothing_once_stopped, .timeout = 60)
{
	stop_init(&stop);
	stop_request(&stop);
	int error = keeper_run(&by_hand, task, &plug, &stop);
	stop_destroy(&stop);
	cr_assert_eq(error, 0, "a stop is no failure");
	cr_assert_eq(world.runs, 0, "stopped before the first run, and the task was run");

	world.stopped_in = 2;
	cr_assert_eq(run(PATIENCE, 1), 0, "a stop is no failure");
	cr_assert_eq(world.runs, 2, "a stop came during run 2, and the task was run %d times", world.runs);
}

Test(keeper, tells_of_the_limit_when_stopped, .timeout = 60)
{
	world.stopped_in = KEEPER_FAILURES;
	int error = run(PATIENCE, 1);

	cr_assert_eq(world.runs, KEEPER_FAILURES);
	cr_assert_eq(error, ENODEV, "a stop came during the last run, and its error became %d", error);
}

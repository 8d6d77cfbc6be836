/*
 * What ramp.h promises, heard from the quay. A blast of these tests goes on
 * until all others wait: for the horn, if the ramp is lowered as it should be.
 * The blasts are counted without a lock, on purpose: when ramp_lower() has
 * returned, nobody blows. If somebody does, that is a data race.
 */
#include "ramp.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <time.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum {
	HOUR = 3600000, /* ms: a pause that a test cannot wait for */
	LATE = 8000	/* ms: when a test stops waiting for what a right ramp does at once */
};

static struct ferry {
	bool pressure;
	enum ramp_step steps[3]; /* what they say, one after the other */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool heard, returned;	   /* a blast has begun; ramp_lower() has returned; guarded by lock */
	int step;		   /* the mate's, and when he is back, the test's */
	struct ramp_report report; /* likewise */
	int blasts;	 /* of whoever blows, and when ramp_lower() has returned, the test's; so without a lock */
	bool valve_open; /* likewise */
} ferry = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void raise_flag(bool *what)
{
	CHECK(pthread_mutex_lock(&ferry.lock));
	*what = true;
	CHECK(pthread_cond_broadcast(&ferry.changed));
	CHECK(pthread_mutex_unlock(&ferry.lock));
}

/* Waits for a flag, so many ms at most, and tells whether it came. */
static bool await_flag(bool *what, long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&ferry.lock));
	while (!*what && deadline_cond_wait(&ferry.changed, &ferry.lock, &end))
		;
	bool is = *what;
	CHECK(pthread_mutex_unlock(&ferry.lock));
	return is;
}

static void blow(void *arg)
{
	REQUIRE(arg == &ferry);
	ferry.valve_open = true;
	raise_flag(&ferry.heard);
	schedule_await_blocked();
	/* As in any call that may wait: here a thread that was cancelled comes to its end. */
	pthread_testcancel();
	ferry.valve_open = false;
	ferry.blasts++;
}

static bool unlock(void *arg)
{
	REQUIRE(arg == &ferry);
	await_flag(&ferry.heard, HOUR);
	return ferry.pressure;
}

static enum ramp_step step(void *arg)
{
	REQUIRE(arg == &ferry);
	return ferry.steps[ferry.step++];
}

static void *lower(void *arg)
{
	static const struct ramp ramp = {blow, HOUR, unlock, step};

	ferry.report = ramp_lower(&ramp, &ferry);
	raise_flag(&ferry.returned);
	return arg;
}

/* Fails the test unless the ramp comes to this result, and the horn is silent then. */
static void expect_silence(enum ramp_result result)
{
	pthread_t mate;

	deadline_cond_init(&ferry.changed);
	CHECK(pthread_create(&mate, NULL, lower, NULL));
	cr_assert(await_flag(&ferry.heard, LATE), "the ramp waits for the horn, and there is no blast");
	cr_assert(await_flag(&ferry.returned, LATE), "ramp_lower() does not return: it waits for the pause to pass");
	CHECK(pthread_join(mate, NULL));
	cr_assert_not(ferry.valve_open, "ramp_lower() has returned, and a blast is under way or was cut short");
	cr_assert_eq(ferry.report.result, result, "the result is %d and not %d", ferry.report.result, result);
	cr_assert_eq(ferry.report.blasts, ferry.blasts, "%d blasts are reported, and %d were blown",
		     ferry.report.blasts, ferry.blasts);
}

Test(ramp, is_silent_when_down, .timeout = 60)
{
	ferry.pressure = true;
	ferry.steps[2] = STEP_LAST;
	expect_silence(RAMP_DOWN);
	cr_assert_eq(ferry.step, 3, "the ramp has taken %d steps of 3", ferry.step);
}

Test(ramp, is_silent_when_blocked, .timeout = 60)
{
	ferry.pressure = true;
	ferry.steps[1] = STEP_BLOCKED;
	expect_silence(RAMP_BLOCKED);
	cr_assert_eq(ferry.step, 2, "a step was blocked, and there was another one");
}

Test(ramp, is_silent_without_pressure, .timeout = 60)
{
	expect_silence(RAMP_NO_PRESSURE);
	cr_assert_eq(ferry.step, 0, "without pressure, and it moves");
}

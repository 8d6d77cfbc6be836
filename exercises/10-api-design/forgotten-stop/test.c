/*
 * What ramp.h promises, heard from the quay. A blast of these tests goes on
 * until all others wait: for the horn, if the ramp is lowered as it should be.
 * The blasts are counted without a lock, on purpose: when ramp_lower() has
 * returned, nobody blows. If somebody does, that is a data race.
 */
#include "ramp.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum {
	SHORT = 300,	/* ms: three of them are waited for; a tenth is far below, and ten times longer than LATE */
	BLAST = 50,	/* ms: how long one takes at least where the pause is short */
	HOUR = 3600000, /* ms: a pause that a test cannot wait for */
	LATE = 8000	/* ms: when a test stops waiting for what a right ramp does at once */
};

static struct ferry {
	bool pressure;
	long pause;
	bool in_pause;		 /* the ramp moves while the horn pauses, and not in the middle of a blast */
	enum ramp_step steps[3]; /* what they say, one after the other */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int begun, ended;	   /* blasts; guarded by lock */
	int moved, returned;	   /* whether the last step is done, and ramp_lower() has returned; guarded by lock */
	long shortest_ms;	   /* of the pauses; 0: none yet; guarded by lock */
	int step;		   /* the mate's, and when he is back, the test's */
	struct ramp_report report; /* likewise */
	bool stern_is_right;	   /* likewise */
	pthread_t mate;		   /* who lowers the ramp; written before there is a horn */
	bool moved_elsewhere;	   /* unlock() or step() was called in another thread */
	bool blown_by_mate;	   /* blow() was called in the caller's own */
	bool interrupted;	   /* a signal has come in the middle of a blast */
	int blasts;	 /* of the thread that blows; once ramp_lower() has returned, of the test; so without a lock */
	bool valve_open; /* likewise */
	int unlocks;	 /* the mate's, then the test's */
	long ended_ms;	 /* the end of the last blast; of the thread that blows */
} ferry = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void add_one(int *number)
{
	CHECK(pthread_mutex_lock(&ferry.lock));
	++*number;
	CHECK(pthread_cond_broadcast(&ferry.changed));
	CHECK(pthread_mutex_unlock(&ferry.lock));
}

/* Waits until the number is that high, for at most that many milliseconds, and says whether it is. */
static bool await(int *number, int least, long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&ferry.lock));
	while (*number < least && deadline_cond_wait(&ferry.changed, &ferry.lock, &end))
		;
	bool is = *number >= least;
	CHECK(pthread_mutex_unlock(&ferry.lock));
	return is;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* Before a blast is told of. */
static void note_pause(long pause)
{
	CHECK(pthread_mutex_lock(&ferry.lock));
	if (ferry.begun && (!ferry.shortest_ms || pause < ferry.shortest_ms))
		ferry.shortest_ms = pause;
	CHECK(pthread_mutex_unlock(&ferry.lock));
}

/* Whether the program has sent a signal that this thread blocks: one for which it has a handler. */
static bool signal_has_come(void)
{
	sigset_t pending;
	bool come = false;

	sigpending(&pending);
	for (int number = 1; number < 32; number++) {
		struct sigaction action;

		if (sigismember(&pending, number) == 1 && sigaction(number, NULL, &action) == 0)
			come |= action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN;
	}
	return come;
}

/* What would interrupt it waits until it is over, and is found then. */
static void blow(void *arg)
{
	sigset_t all, before;

	REQUIRE(arg == &ferry);
	sigfillset(&all);
	CHECK(pthread_sigmask(SIG_BLOCK, &all, &before));
	ferry.blown_by_mate |= pthread_equal(pthread_self(), ferry.mate) != 0;
	long pause = now_ms() - ferry.ended_ms + 1;
	ferry.valve_open = true;
	note_pause(pause);
	add_one(&ferry.begun);
	if (ferry.pause != HOUR)
		nanosleep(&(struct timespec){.tv_nsec = BLAST * 1000000L}, NULL);
	if (!ferry.in_pause)
		schedule_await_blocked();
	/* As in any call that may wait: here a thread that was cancelled comes to its end. */
	pthread_testcancel();
	ferry.interrupted |= signal_has_come();
	ferry.valve_open = false;
	ferry.blasts++;
	ferry.ended_ms = now_ms();
	CHECK(pthread_sigmask(SIG_SETMASK, &before, NULL));
	if (ferry.in_pause) /* else nothing here may order the blast with those who read of it */
		add_one(&ferry.ended);
}

static void expect_the_mate(void *arg)
{
	REQUIRE(arg == &ferry);
	ferry.moved_elsewhere |= !pthread_equal(pthread_self(), ferry.mate);
}

static bool unlock(void *arg)
{
	expect_the_mate(arg);
	ferry.unlocks++;
	await(&ferry.begun, 1, HOUR);
	return ferry.pressure;
}

/* The ramp at the stern, which is lowered while this one moves. The argument counts its blasts. */
static void toot(void *arg)
{
	++*(int *)arg;
}

static bool unlock_stern(void *arg)
{
	(void)arg;
	return true;
}

static enum ramp_step step_stern(void *arg)
{
	(void)arg;
	schedule_await_blocked();
	return STEP_LAST;
}

static void *lower_stern(void *arg)
{
	const struct ramp stern = {toot, ferry.pause, unlock_stern, step_stern};
	int blasts = 0;
	struct ramp_report report = ramp_lower(&stern, &blasts);

	ferry.stern_is_right = report.result == RAMP_DOWN && report.blasts == blasts;
	return arg;
}

static void send_the_second_mate(void)
{
	pthread_t second_mate;

	CHECK(pthread_create(&second_mate, NULL, lower_stern, NULL));
	CHECK(pthread_join(second_mate, NULL));
}

/* Where the pause is short, each step waits for a blast of its own. */
static enum ramp_step step(void *arg)
{
	expect_the_mate(arg);
	if (ferry.pause != HOUR)
		await(&ferry.begun, ferry.step + 2, HOUR);
	if (ferry.in_pause)
		await(&ferry.ended, 1, HOUR);
	if (ferry.in_pause || (ferry.pause != HOUR && ferry.step == 0))
		send_the_second_mate();
	if (ferry.in_pause) {
		schedule_await_blocked();
		add_one(&ferry.moved);
	}
	return ferry.steps[ferry.step++];
}

static void *lower(void *arg)
{
	const struct ramp ramp = {blow, ferry.pause, unlock, step};

	ferry.mate = pthread_self();
	ferry.report = ramp_lower(&ramp, &ferry);
	add_one(&ferry.returned);
	return arg;
}

/* Fails the test unless there are so many blasts, the ramp comes to this result, and the horn is silent then. */
static void expect_silence(enum ramp_result result, long pause, int blasts)
{
	pthread_t mate;

	ferry.pause = pause;
	schedule_wake_in_vain();
	deadline_cond_init(&ferry.changed);
	CHECK(pthread_create(&mate, NULL, lower, NULL));
	cr_assert(await(&ferry.begun, 1, LATE), "the ramp waits for the horn, and there is no blast");
	cr_assert(await(&ferry.begun, blasts, LATE), "the pause has passed, the ramp moves, and there is no blast");
	long patience = LATE;
	if (ferry.in_pause) { /* when the ramp is down and all wait, it has nothing to wait for */
		await(&ferry.moved, 1, LATE);
		schedule_await_blocked();
		patience = 0;
	}
	bool returned = await(&ferry.returned, 1, patience);
	cr_assert(pause != HOUR || !await(&ferry.begun, blasts + 1, 0),
		  "the pause is an hour, and there is another blast");
	cr_assert(returned, "ramp_lower() does not return: it waits for the pause to pass");
	CHECK(pthread_join(mate, NULL));
	cr_assert_not(ferry.blown_by_mate, "blow() was called in the thread that lowers the ramp");
	cr_assert_not(ferry.moved_elsewhere, "unlock() or step() was called in another thread than ramp_lower()");
	cr_assert_not(ferry.interrupted, "a signal has come in the middle of a blast, and may have cut it short");
	cr_assert_not(ferry.valve_open, "ramp_lower() has returned, and a blast is under way or was cut short");
	cr_assert_eq(ferry.unlocks, 1, "the ramp was unlocked %d times", ferry.unlocks);
	cr_assert_eq(ferry.report.result, result, "the result is %d and not %d", ferry.report.result, result);
	cr_assert_eq(ferry.report.blasts, ferry.blasts, "%d blasts are reported, and %d were blown",
		     ferry.report.blasts, ferry.blasts);
}

Test(ramp, is_silent_when_down, .timeout = 60)
{
	ferry.pressure = true;
	ferry.steps[2] = STEP_LAST;
	expect_silence(RAMP_DOWN, SHORT, 4);
	cr_assert_eq(ferry.step, 3, "the ramp has taken %d steps of 3", ferry.step);
	CHECK(pthread_mutex_lock(&ferry.lock));
	long shortest = ferry.shortest_ms;
	CHECK(pthread_mutex_unlock(&ferry.lock));
	cr_assert_geq(shortest, SHORT, "the pause between two blasts is %d ms, and was %ld", SHORT, shortest);
	cr_assert(ferry.stern_is_right, "two ramps are lowered at a time, and the report of the second one is wrong");
}

Test(ramp, is_silent_when_blocked, .timeout = 60)
{
	ferry.pressure = true;
	ferry.steps[1] = STEP_BLOCKED;
	expect_silence(RAMP_BLOCKED, HOUR, 1);
	cr_assert_eq(ferry.step, 2, "a step was blocked, and there was another one");
}

Test(ramp, is_silent_without_pressure, .timeout = 60)
{
	expect_silence(RAMP_NO_PRESSURE, HOUR, 1);
	cr_assert_eq(ferry.step, 0, "without pressure, and it moves");
}

Test(ramp, does_not_wait_for_a_pause, .timeout = 60)
{
	ferry.pressure = ferry.in_pause = true;
	ferry.steps[0] = STEP_LAST;
	expect_silence(RAMP_DOWN, HOUR, 1);
	cr_assert(ferry.stern_is_right, "two ramps are lowered at a time, and the report of the second one is wrong");
}

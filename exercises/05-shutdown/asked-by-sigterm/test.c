/*
 * What lock.h promises, seen from the canal. The signal is sent to the process, and
 * the thread that sends it is not the one that runs the lock. The ships are counted
 * without a lock after lock_run() has returned, on purpose: then no keeper is left.
 */
#include "lock.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/schedule.h"

enum { PATIENCE = 5000 /* ms: for what a right lock does at once; only a wrong one ever takes all of it */ };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool may_end;		   /* guarded by lock: ships may pass */
	int begun;		   /* guarded by lock */
	int keepers;		   /* that have begun; guarded by lock */
	bool returned;		   /* guarded by lock: lock_run() has */
	long moved;		   /* what it said; of the thread that called it */
	long passed[LOCK_KEEPERS]; /* each keeper's, without a lock */
} canal = {.lock = PTHREAD_MUTEX_INITIALIZER};

static _Thread_local int keeper = -1;

static void move(void *arg)
{
	int before;

	REQUIRE(arg == &canal);
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before));
	CHECK(pthread_mutex_lock(&canal.lock));
	canal.begun++;
	keeper = keeper < 0 ? canal.keepers++ : keeper;
	REQUIRE(keeper < LOCK_KEEPERS);
	while (!canal.may_end)
		CHECK(pthread_cond_wait(&canal.changed, &canal.lock));
	CHECK(pthread_mutex_unlock(&canal.lock));
	CHECK(pthread_setcancelstate(before, NULL));
	pthread_testcancel(); /* as in write() */
	canal.passed[keeper]++;
}

static void *run(void *arg)
{
	canal.moved = lock_run(move, arg);
	CHECK(pthread_mutex_lock(&canal.lock));
	canal.returned = true;
	CHECK(pthread_cond_broadcast(&canal.changed));
	CHECK(pthread_mutex_unlock(&canal.lock));
	return NULL;
}

static bool has_returned(void)
{
	CHECK(pthread_mutex_lock(&canal.lock));
	bool returned = canal.returned;
	CHECK(pthread_mutex_unlock(&canal.lock));
	return returned;
}

/* Lets the ships pass, and waits for the end. */
static bool returns_in_time(void)
{
	struct timespec end = deadline_in(PATIENCE);

	CHECK(pthread_mutex_lock(&canal.lock));
	canal.may_end = true;
	CHECK(pthread_cond_broadcast(&canal.changed));
	while (!canal.returned && deadline_cond_wait(&canal.changed, &canal.lock, &end))
		;
	bool returned = canal.returned;
	CHECK(pthread_mutex_unlock(&canal.lock));
	return returned;
}

Test(lock, ends_when_it_is_asked, .timeout = 60)
{
	pthread_t runner;

	deadline_cond_init(&canal.changed);
	lock_prepare();
	NEED(pthread_create(&runner, NULL, run, &canal));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&canal.lock));
	int begun = canal.begun;
	CHECK(pthread_mutex_unlock(&canal.lock));
	cr_assert_eq(begun, LOCK_KEEPERS, "%d keepers are at work, not %d", begun, LOCK_KEEPERS);
	REQUIRE(kill(getpid(), SIGTERM) == 0);
	schedule_await_blocked();
	cr_expect_not(has_returned(), "lock_run() has returned, and ships are under way");
	cr_assert(returns_in_time(), "SIGTERM was sent to the process, and lock_run() does not return");
	CHECK(pthread_join(runner, NULL));
	long passed = canal.passed[0] + canal.passed[1];
	cr_assert_eq(passed, canal.begun, "%d ships were begun with, and %ld have passed", canal.begun, passed);
	cr_assert_eq(canal.moved, passed, "lock_run() says that %ld ships were moved; there were %ld", canal.moved,
		     passed);
}

Test(lock, hears_what_came_early, .timeout = 60)
{
	pthread_t runner;

	deadline_cond_init(&canal.changed);
	lock_prepare();
	REQUIRE(kill(getpid(), SIGTERM) == 0);
	NEED(pthread_create(&runner, NULL, run, &canal));
	schedule_await_blocked();
	cr_assert(returns_in_time(), "SIGTERM came before lock_run(), and is lost");
	CHECK(pthread_join(runner, NULL));
}

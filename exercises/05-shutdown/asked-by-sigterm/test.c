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
	bool may_end;		   /* guarded by lock: all ships may pass */
	int may_pass;		   /* guarded by lock: so many of the first keeper's may before that */
	int begun;		   /* guarded by lock */
	int keepers;		   /* that have begun; guarded by lock */
	bool returned;		   /* guarded by lock: lock_run() has */
	bool deadly;		   /* guarded by lock: to one of the threads SIGTERM would have ended the process */
	long moved;		   /* what it said; of the thread that called it */
	long passed[LOCK_KEEPERS]; /* each keeper's, without a lock */
} canal = {.lock = PTHREAD_MUTEX_INITIALIZER};

static _Thread_local int keeper = -1;

static bool under_locks; /* SIGTERM reaches threads that hold a lock; written before there are any */

/* Whether SIGTERM would end the process, were it delivered to this thread. */
static bool is_deadly(void)
{
	struct sigaction action;
	sigset_t blocked;

	CHECK(pthread_sigmask(SIG_BLOCK, NULL, &blocked));
	REQUIRE(sigaction(SIGTERM, NULL, &action) == 0);
	return !sigismember(&blocked, SIGTERM) && action.sa_handler == SIG_DFL;
}

static void move(void *arg)
{
	int before;

	REQUIRE(arg == &canal);
	CHECK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before));
	CHECK(pthread_mutex_lock(&canal.lock));
	canal.begun++;
	canal.deadly |= is_deadly();
	keeper = keeper < 0 ? canal.keepers++ : keeper;
	REQUIRE(keeper < LOCK_KEEPERS);
	while (!canal.may_end && (keeper != 0 || canal.may_pass == 0))
		CHECK(pthread_cond_wait(&canal.changed, &canal.lock));
	canal.may_pass -= !canal.may_end;
	CHECK(pthread_mutex_unlock(&canal.lock));
	CHECK(pthread_setcancelstate(before, NULL));
	if (under_locks) /* not before lock_run() waits */
		schedule_interrupt_when_locked(SIGTERM);
	pthread_testcancel(); /* as in write() */
	canal.passed[keeper]++;
}

static void *run(void *arg)
{
	if (under_locks)
		schedule_interrupt_when_locked(SIGTERM);
	canal.moved = lock_run(move, arg);
	CHECK(pthread_mutex_lock(&canal.lock));
	canal.returned = true;
	canal.deadly |= is_deadly();
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
	bool returned = canal.returned, deadly = canal.deadly || is_deadly();
	CHECK(pthread_mutex_unlock(&canal.lock));
	cr_expect_not(returned && deadly, "SIGTERM would end the process if it came to a keeper, or after lock_run()");
	return returned;
}

static int begun(void)
{
	CHECK(pthread_mutex_lock(&canal.lock));
	int count = canal.begun;
	CHECK(pthread_mutex_unlock(&canal.lock));
	return count;
}

/* Lets so many more ships of the first keeper pass, and returns when they have, and nobody does anything any more. */
static void let_pass(int count)
{
	CHECK(pthread_mutex_lock(&canal.lock));
	canal.may_pass = count;
	CHECK(pthread_cond_broadcast(&canal.changed));
	CHECK(pthread_mutex_unlock(&canal.lock));
	schedule_await_blocked();
}

static void ignore(int number)
{
	(void)number;
}

Test(lock, ends_when_it_is_asked, .timeout = 60)
{
	static const int others[] = {SIGINT, SIGHUP, SIGQUIT, SIGALRM, SIGUSR2, SIGUSR1};
	enum { OTHERS = sizeof others / sizeof *others };
	struct sigaction handled = {.sa_handler = ignore};
	pthread_t runner;

	deadline_cond_init(&canal.changed);
	for (int i = 0; i < OTHERS; i++)
		REQUIRE(sigaction(others[i], &handled, NULL) == 0);
	lock_prepare();
	NEED(pthread_create(&runner, NULL, run, &canal));
	schedule_await_blocked();
	int at_work = begun();
	cr_assert_eq(at_work, LOCK_KEEPERS, "%d keepers are at work, not %d", at_work, LOCK_KEEPERS);
	/* Not as many by the one as by the other, so that neither stands for both. */
	let_pass(2);
	for (int i = 0; i < OTHERS; i++) {
		CHECK(pthread_kill(runner, others[i]));
		schedule_await_blocked();
	}
	let_pass(1);
	at_work = begun();
	cr_expect_eq(at_work, LOCK_KEEPERS + 3, "another signal than SIGTERM has ended the lock");
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

/* It reaches each thread that lets it through, each time that the thread has taken a lock; or the process, where none does. */
Test(lock, is_asked_while_locks_are_held, .timeout = 60)
{
	pthread_t runner;

	deadline_cond_init(&canal.changed);
	under_locks = true;
	lock_prepare();
	NEED(pthread_create(&runner, NULL, run, &canal));
	schedule_await_blocked();
	let_pass(1);
	if (!schedule_was_interrupted()) /* else it has come, and the handler may hang */
		REQUIRE(kill(getpid(), SIGTERM) == 0);
	schedule_await_blocked();
	cr_assert(returns_in_time(), "SIGTERM came to a thread that held a lock, and lock_run() does not return");
	CHECK(pthread_join(runner, NULL));
}

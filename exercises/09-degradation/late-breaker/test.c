/*
 * What lookup.h promises, seen from outside: from the directory that is asked,
 * and from the machine that starts the threads. The machine can be busy: then a
 * thread that was started has not had its turn yet, for as long as a test likes.
 * No time is measured: when all other threads wait, nothing will happen any more.
 */
#include "lookup.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum { MANY = 20, CALLS = 64 };

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	bool full; /* no thread can be started */
	bool busy; /* those that are started do not have their turn */
	bool slow; /* who starts one waits for it */
	bool late; /* who starts one is told which it is when it has long been running */
	int started, refused;
	struct {
		void *(*run)(void *);
		void *arg;
	} threads[CALLS];
} machine = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int asked;
	struct {
		bool known;
		int error;
	} answers[CALLS]; /* by call */
} directory = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void *has_its_turn(void *arg)
{
	CHECK(pthread_mutex_lock(&machine.lock));
	while (machine.busy)
		CHECK(pthread_cond_wait(&machine.changed, &machine.lock));
	void *(*run)(void *) = machine.threads[*(int *)arg].run;
	void *its_arg = machine.threads[*(int *)arg].arg;
	machine.threads[*(int *)arg].arg = NULL; /* else memcheck would find it here, when nobody has freed it */
	CHECK(pthread_mutex_unlock(&machine.lock));
	return run(its_arg);
}

static int start_thread(pthread_t *thread, void *(*run)(void *), void *arg)
{
	static int numbers[CALLS];

	CHECK(pthread_mutex_lock(&machine.lock));
	while (machine.slow)
		CHECK(pthread_cond_wait(&machine.changed, &machine.lock));
	static const int reasons[] = {EAGAIN, ENOMEM, EPERM};
	int reason = machine.full ? reasons[machine.refused++ % 3] : 0;
	int number = machine.full ? -1 : machine.started++;
	if (number >= 0) {
		numbers[number] = number;
		machine.threads[number].run = run;
		machine.threads[number].arg = arg;
	}
	CHECK(pthread_mutex_unlock(&machine.lock));
	if (reason)
		return reason;

	pthread_t id;

	CHECK(pthread_create(&id, NULL, has_its_turn, &numbers[number]));
	CHECK(pthread_mutex_lock(&machine.lock));
	while (machine.late)
		CHECK(pthread_cond_wait(&machine.changed, &machine.lock));
	CHECK(pthread_mutex_unlock(&machine.lock));
	*thread = id;
	return 0;
}

static int ask_directory(int call)
{
	CHECK(pthread_mutex_lock(&directory.lock));
	directory.asked++;
	while (!directory.answers[call].known)
		CHECK(pthread_cond_wait(&directory.changed, &directory.lock));
	int error = directory.answers[call].error;
	CHECK(pthread_mutex_unlock(&directory.lock));
	return error;
}

/* The directory answers for that call. Returns when nothing moves any more. */
static void answer(int call, int error)
{
	CHECK(pthread_mutex_lock(&directory.lock));
	directory.answers[call].known = true;
	directory.answers[call].error = error;
	CHECK(pthread_cond_broadcast(&directory.changed));
	CHECK(pthread_mutex_unlock(&directory.lock));
	schedule_await_blocked();
}

static void machine_is(bool full, bool busy)
{
	CHECK(pthread_mutex_lock(&machine.lock));
	machine.full = full;
	machine.busy = busy;
	CHECK(pthread_cond_broadcast(&machine.changed));
	CHECK(pthread_mutex_unlock(&machine.lock));
	schedule_await_blocked();
}

/* How it is for those who start a thread. */
static void machine_is_for_callers(bool slow, bool late)
{
	CHECK(pthread_mutex_lock(&machine.lock));
	machine.slow = slow;
	machine.late = late;
	CHECK(pthread_cond_broadcast(&machine.changed));
	CHECK(pthread_mutex_unlock(&machine.lock));
}

/* The calls of a test, one after the other; and the first whose result was not the one that it should have been. */
static struct {
	int count;
	const char *surprise; /* when it was; NULL: none */
	enum lookup_result expected, result;
	int without; /* lookups for which no thread can be started */
} calls;

static void expect(enum lookup_result result, enum lookup_result expected, const char *when)
{
	if (result != expected && !calls.surprise) {
		calls.surprise = when;
		calls.expected = expected;
		calls.result = result;
	}
}

/* Begins a lookup that should have this result. Returns the call. */
static int look_up(struct lookups *lookups, enum lookup_result expected, const char *when)
{
	gauge_add("may_start", expected == LOOKUP_STARTED);
	calls.without += expected == LOOKUP_NO_THREAD;
	expect(lookup_start(lookups, calls.count), expected, when);
	return calls.count++;
}

struct caller {
	struct lookups *lookups;
	int call;
	enum lookup_result result;
	pthread_t thread;
	int lock, point; /* before this lock of the first caller's the other one calls; 0: this is the other one */
};

static void *call(void *arg)
{
	struct caller *caller = arg;

	caller->result = lookup_start(caller->lookups, caller->call);
	return NULL;
}

static void *call_too(void *arg)
{
	struct caller *caller = arg;

	if (caller->lock)
		schedule_reached_before_lock(caller->lock, caller->point);
	else
		schedule_await(caller->point);
	return call(arg);
}

/*
 * Two at a time: one that should be let through, and one with this result. The second comes before this lock of the first one's.
 * Returns the call that was let through.
 */
static int two_look_up(struct lookups *lookups, int lock, enum lookup_result other, const char *when)
{
	static int point;
	struct caller callers[2];

	/* The callers are threads too. */
	gauge_add("may_start", 2 + 1 + (other == LOOKUP_STARTED));
	machine_is_for_callers(true, false);
	for (int i = 0; i < 2; i++) {
		callers[i] = (struct caller){.lookups = lookups, .call = calls.count++, .point = point};
		callers[i].lock = i == 0 ? lock : 0;
		CHECK(pthread_create(&callers[i].thread, NULL, call_too, &callers[i]));
	}
	point++;
	/* Nobody has been started, and both are under way, or one of them has its answer. */
	schedule_await_blocked();
	machine_is_for_callers(false, false);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_join(callers[i].thread, NULL));
	int first = callers[0].result != LOOKUP_STARTED;
	expect(callers[first].result, LOOKUP_STARTED, when);
	expect(callers[!first].result, other, when);
	return callers[first].call;
}

/* The breaker is closed. One is still being started, and its thread has had its answer, when the next one begins. */
static void one_after_the_other(struct lookups *lookups)
{
	struct caller callers[2];

	gauge_add("may_start", 2 + 2);
	machine_is_for_callers(false, true);
	for (int i = 0; i < 2; i++) {
		callers[i] = (struct caller){.lookups = lookups, .call = calls.count++};
		answer(callers[i].call, 0);
		CHECK(pthread_create(&callers[i].thread, NULL, call, &callers[i]));
		schedule_await_blocked();
	}
	machine_is_for_callers(false, false);
	for (int i = 0; i < 2; i++) {
		CHECK(pthread_join(callers[i].thread, NULL));
		expect(callers[i].result, LOOKUP_STARTED, "the breaker is closed, and another one is being started");
	}
}

/* One that is let through and succeeds, before who starts its thread is told which it is. */
static void look_up_at_once(struct lookups *lookups, const char *when)
{
	struct caller caller = {.lookups = lookups, .call = calls.count++};

	gauge_add("may_start", 1 + 1);
	machine_is_for_callers(false, true);
	answer(caller.call, 0);
	CHECK(pthread_create(&caller.thread, NULL, call, &caller));
	schedule_await_blocked();
	machine_is_for_callers(false, false);
	CHECK(pthread_join(caller.thread, NULL));
	schedule_await_blocked();
	expect(caller.result, LOOKUP_STARTED, when);
}

/* One for which there is no thread. While one was looked for, the directory has failed for another. */
static void fail_while_one_is_started(struct lookups *lookups, int failing, const char *when)
{
	struct caller caller = {.lookups = lookups, .call = calls.count++};

	gauge_add("may_start", 1);
	calls.without++;
	machine_is_for_callers(true, false);
	CHECK(pthread_create(&caller.thread, NULL, call, &caller));
	schedule_await_blocked();
	answer(failing, ETIMEDOUT);
	machine_is(true, false);
	machine_is_for_callers(false, false);
	CHECK(pthread_join(caller.thread, NULL));
	machine_is(false, false);
	expect(caller.result, LOOKUP_NO_THREAD, when);
}

/* One that is to be let through. The directory has answered before this returns. */
static void look_up_answered(struct lookups *lookups, int error, const char *when)
{
	answer(look_up(lookups, LOOKUP_STARTED, when), error);
}

static pthread_t other; /* says that the pause is over */

static void *say_pause_over(void *lookups)
{
	lookups_pause_over(lookups);
	return NULL;
}

/* The pause is over when this returns, but nothing orders that with what comes next. */
static void other_says_pause_over(struct lookups *lookups)
{
	gauge_add("may_start", 1);
	CHECK(pthread_create(&other, NULL, say_pause_over, lookups));
	schedule_await_blocked();
}

static struct lookups *with_open_breaker(void)
{
	struct lookups *lookups = lookups_new(ask_directory, start_thread);

	gauge_set("may_start", 0);
	for (int i = 0; i < LOOKUP_FAILURES; i++)
		look_up_answered(lookups, ETIMEDOUT, "the breaker is closed");
	return lookups;
}

static struct {
	pthread_mutex_t lock;
	bool is; /* guarded by lock */
} over = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *free_lookups(void *lookups)
{
	lookups_free(lookups);
	CHECK(pthread_mutex_lock(&over.lock));
	over.is = true;
	CHECK(pthread_mutex_unlock(&over.lock));
	return NULL;
}

static bool is_over(void)
{
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&over.lock));
	bool is = over.is;
	CHECK(pthread_mutex_unlock(&over.lock));
	return is;
}

static void expect_no_other_try(void)
{
	cr_assert_eq(machine.refused, calls.without,
		     "for %d lookups no thread could be started, and start() was called %d times", calls.without,
		     machine.refused);
}

/* Frees while the thread of this call has not had its turn yet, and while it is under way. */
static void end_under_way(struct lookups *lookups, int call)
{
	pthread_t thread;

	gauge_add("may_start", 1);
	CHECK(pthread_create(&thread, NULL, free_lookups, lookups));
	cr_assert_not(is_over(), "lookups_free() has returned, and a thread has not had its turn yet");
	machine_is(false, false);
	cr_assert_not(is_over(), "lookups_free() has returned, and the directory has not answered yet");
	answer(call, 0);
	cr_assert(is_over(), "lookups_free() does not return, and the directory has answered");
	CHECK(pthread_join(thread, NULL));
	expect_no_other_try();
}

/* Lets everything end. Fails the test if a lookup had a wrong result, or a thread was started that asked nobody. */
static void end(struct lookups *lookups)
{
	static const char *const names[] = {"started", "open", "no thread"};

	machine_is(false, false);
	for (int call = 0; call < calls.count; call++)
		answer(call, 0);
	lookups_free(lookups);
	cr_assert_null(calls.surprise, "%s: the result is '%s', and should be '%s'", calls.surprise,
		       names[calls.result], names[calls.expected]);
	cr_assert_eq(machine.started, directory.asked, "%d threads were started, and %d have asked the directory",
		     machine.started, directory.asked);
	expect_no_other_try();
}

Test(lookup, open_breaker_starts_no_thread, .timeout = 60)
{
	struct lookups *lookups = with_open_breaker();
	struct lookups *elsewhere = lookups_new(ask_directory, start_thread);

	look_up_answered(elsewhere, 0, "the breaker of another exchange is open, and this one is closed");
	one_after_the_other(elsewhere);
	schedule_await_blocked();
	lookups_free(elsewhere);
	machine_is(false, true);
	for (int i = 0; i < MANY; i++)
		look_up(lookups, LOOKUP_OPEN, "the breaker is open");
	end(lookups);
	cr_assert_eq(machine.started, LOOKUP_FAILURES + 3, "the breaker was open, and a thread was started");
}

Test(lookup, lets_one_probe_through, .timeout = 60)
{
	struct lookups *lookups = lookups_new(ask_directory, start_thread);

	gauge_set("may_start", 0);
	lookups_pause_over(lookups);
	two_look_up(lookups, 2, LOOKUP_STARTED, "the breaker is closed, and two look up at a time");
	int old = look_up(lookups, LOOKUP_STARTED, "the breaker is closed");
	int patient = look_up(lookups, LOOKUP_STARTED, "the breaker is closed");
	look_up_answered(lookups, ETIMEDOUT, "the breaker is closed");
	look_up_answered(lookups, 0, "the breaker is closed");
	int last = 0;
	for (int i = 0; i < LOOKUP_FAILURES; i++)
		last = look_up(lookups, LOOKUP_STARTED, "the last but one has succeeded");
	schedule_await_blocked(); /* these have their turn */
	machine_is(false, true);
	int slow = look_up(lookups, LOOKUP_STARTED, "so many have not failed yet");
	for (int i = 0; i < LOOKUP_FAILURES; i++)
		answer(last - i, ETIMEDOUT);
	answer(old - 2, 0);
	look_up(lookups, LOOKUP_OPEN, "an old lookup has succeeded, and there was no probe");
	other_says_pause_over(lookups);
	answer(patient, 0);
	int probe = two_look_up(lookups, 2, LOOKUP_OPEN, "the pause is over, and two look up at a time");
	CHECK(pthread_join(other, NULL));
	look_up(lookups, LOOKUP_OPEN, "the probe was started, and has not had its turn yet");
	machine_is(false, false);
	look_up(lookups, LOOKUP_OPEN, "the probe is under way");
	answer(old - 1, 0);
	look_up(lookups, LOOKUP_OPEN, "an old lookup has succeeded, but not the probe");
	answer(slow, 0);
	look_up(lookups, LOOKUP_OPEN, "one that had its turn when the probe had has succeeded, but not the probe");
	lookups_pause_over(lookups);
	answer(probe, ETIMEDOUT);
	look_up(lookups, LOOKUP_OPEN, "the probe has failed");
	lookups_pause_over(lookups);
	probe = two_look_up(lookups, 3, LOOKUP_OPEN, "the pause is over again, and two look up at a time");
	answer(old, ETIMEDOUT);
	lookups_pause_over(lookups);
	look_up(lookups, LOOKUP_OPEN, "an old lookup has failed, and the probe is under way");
	answer(probe, 0);
	for (int i = 0; i < LOOKUP_FAILURES; i++)
		look_up_answered(lookups, ETIMEDOUT, "the probe has succeeded");
	look_up(lookups, LOOKUP_OPEN, "so many have failed in a row since the probe");
	lookups_pause_over(lookups);
	look_up_at_once(lookups, "the pause is over once more");
	look_up_answered(lookups, 0, "the probe has succeeded while it was being started");
	end(lookups);
}

Test(lookup, no_thread_is_no_failure, .timeout = 60)
{
	struct lookups *lookups = lookups_new(ask_directory, start_thread);

	gauge_set("may_start", 0);
	int old = look_up(lookups, LOOKUP_STARTED, "the breaker is closed");
	machine_is(true, false);
	for (int i = 0; i < LOOKUP_FAILURES; i++)
		look_up(lookups, LOOKUP_NO_THREAD, "the breaker is closed, and no thread can be started");
	machine_is(false, false);
	for (int i = 1; i < LOOKUP_FAILURES; i++)
		look_up_answered(lookups, ETIMEDOUT, "threads can be started again");
	machine_is(true, false);
	look_up(lookups, LOOKUP_NO_THREAD, "the breaker is closed still, and no thread can be started");
	machine_is(false, false);
	lookups_pause_over(lookups);
	int third = look_up(lookups, LOOKUP_STARTED, "threads can be started once more");
	fail_while_one_is_started(lookups, third, "it was let through, and no thread can be started");
	look_up(lookups, LOOKUP_OPEN, "so many have failed, and none has succeeded in between");
	lookups_pause_over(lookups);
	answer(old, ETIMEDOUT);
	machine_is(true, false);
	look_up(lookups, LOOKUP_NO_THREAD, "the pause is over, and no thread can be started for the probe");
	machine_is(false, true);
	int probe = look_up(lookups, LOOKUP_STARTED, "the probe is still to be made");
	look_up(lookups, LOOKUP_OPEN, "no thread was there for the first probe, and the second is started");
	machine_is(false, false);
	answer(probe, 0);
	look_up_answered(lookups, 0, "the probe has succeeded");
	machine_is(false, true);
	int last = look_up(lookups, LOOKUP_STARTED, "the breaker is closed again");
	if (calls.surprise)
		end(lookups); /* and fail */
	else
		end_under_way(lookups, last);
}

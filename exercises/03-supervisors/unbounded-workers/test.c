/*
 * What press.h promises. The jobs have no lock, on purpose: a job is printed by
 * one thread at a time, and read when press_close() has returned. No time is
 * measured: when all other threads wait, nothing will happen any more.
 */
#include "press.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/schedule.h"

enum { WORKERS = 3, FEWER = 2, JOBS = WORKERS + PRESS_WAITING + 1, BAD = 6, MIDDLE = JOBS / 2 };
enum { NEVER, MIDDLE_IS_NEXT, MIDDLE_IS_THERE, FIRST_IS_PRINTED };

static struct job {
	int fail; /* so many times */
	int tries, printed, set_aside;
} jobs[JOBS];

static struct gate paper = GATE_INITIALIZER;  /* nothing is printed before there is some */
static struct gate ink = GATE_INITIALIZER;    /* what can be printed at once is not before there is some of that */
static struct gate first = GATE_INITIALIZER;  /* instead of it, for the job that began first */
static struct gate last = GATE_INITIALIZER;   /* nor is the last one, before there is this */
static struct gate enough = GATE_INITIALIZER; /* the press may be closed */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int workers;		  /* of the press */
static int at_work, most_at_work; /* guarded by lock */
static struct job *begun_first;	  /* guarded by lock */
static int submitted;		  /* guarded by lock */
static bool closed;		  /* guarded by lock */

static int count_work(int change)
{
	CHECK(pthread_mutex_lock(&lock));
	int now = at_work += change;
	if (now > most_at_work)
		most_at_work = now;
	CHECK(pthread_mutex_unlock(&lock));
	return now;
}

/* The header does not say which job it is. */
static bool begins_first(struct job *job)
{
	CHECK(pthread_mutex_lock(&lock));
	if (!begun_first)
		begun_first = job;
	bool is_first = begun_first == job;
	CHECK(pthread_mutex_unlock(&lock));
	return is_first;
}

static int print(void *arg)
{
	struct job *job = arg;

	count_work(1);
	bool is_first = begins_first(job) && !job->fail;
	gate_wait(&paper);
	if (!job->fail)
		gate_wait(is_first ? &first : &ink);
	if (job == &jobs[JOBS - 1])
		gate_wait(&last);
	if (++job->tries > PRESS_TRIES)
		schedule_await(NEVER); /* and again, and again */
	bool failed = job->tries <= job->fail;
	job->printed += !failed;
	count_work(-1);
	/* What is said between two locks all others have heard before the second: there is no room yet. */
	if (is_first)
		schedule_reached_before_lock(2, FIRST_IS_PRINTED);
	return !failed ? 0 : job->tries < PRESS_TRIES ? EAGAIN : EILSEQ;
}

static void set_aside(void *arg, int error)
{
	struct job *job = arg;

	if (error == EILSEQ)
		job->set_aside++;
}

static void *close_it(void *press)
{
	press_close(press);
	CHECK(pthread_mutex_lock(&lock));
	closed = true;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

static void submit(struct press *press, struct job *job)
{
	press_submit(press, job);
	CHECK(pthread_mutex_lock(&lock));
	submitted++;
	CHECK(pthread_mutex_unlock(&lock));
}

/* All but the one in the middle, which another thread submits when the workers have work and there is room. */
static void *submit_all(void *press)
{
	for (int i = 0; i < JOBS; i++) {
		if (i != MIDDLE) {
			submit(press, &jobs[i]);
		} else {
			/* A worker that took a job now would make room, and what waits for room would be ordered by it. */
			schedule_await_blocked();
			schedule_reached(MIDDLE_IS_NEXT);
			schedule_await(MIDDLE_IS_THERE);
		}
	}
	gate_wait(&enough);
	return close_it(press);
}

/* Nothing of the test orders this submit with those before and after it. */
static void submit_the_middle_one(struct press *press)
{
	schedule_await(MIDDLE_IS_NEXT);
	submit(press, &jobs[MIDDLE]);
	schedule_reached(MIDDLE_IS_THERE);
}

/* When nothing moves any more. Returns how many jobs were handed in. */
static int expect_at_work(const char *when)
{
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	int now = at_work, handed_in = submitted;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert_eq(now, workers, "%s: enough jobs wait, and a press of %d prints %d at once", when, workers, now);
	return handed_in;
}

/* When nothing moves any more. */
static void expect_closed(const char *when)
{
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	bool has = closed;
	closed = false;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert(has, "%s: everybody waits, and press_close() has not returned", when);
}

/*
 * Hands in all jobs while there is no paper. Then there is some: the bad
 * jobs are tried and set aside, or the one that began first is printed alone. Then the press is closed, and all others
 * are printed, the last one when all workers but its own have nothing to do.
 */
static void run(int size)
{
	pthread_t thread;

	workers = size;

	struct press *press = press_open(workers, print, set_aside);
	CHECK(pthread_create(&thread, NULL, submit_all, press));
	submit_the_middle_one(press);
	press = NULL; /* or memcheck could reach it here */
	int handed_in = expect_at_work("at first");
	cr_assert_eq(handed_in, workers + PRESS_WAITING, "%d are printed, %d may wait, and press_submit() has taken %d",
		     workers, PRESS_WAITING, handed_in);
	gate_open(&paper);
	expect_at_work("when the bad jobs have failed");
	gate_open(&first);
	if (!jobs[0].fail) {
		handed_in = expect_at_work("when the first one is printed");
		cr_assert_eq(handed_in, JOBS, "a job less waits, and of %d press_submit() has taken %d", JOBS,
			     handed_in);
	}
	gate_open(&enough);
	schedule_await_blocked();
	gate_open(&ink);
	schedule_await_blocked();
	gate_open(&last);
	expect_closed("at the end");
	CHECK(pthread_join(thread, NULL));
	cr_assert_eq(most_at_work, workers, "a press of %d has printed %d at once", workers, most_at_work);
}

static struct job job_when_closed(int i)
{
	return jobs[i];
}

static void expect(int i, int tries, int printed, int aside)
{
	struct job job = job_when_closed(i);

	cr_assert_eq(job.tries, tries, "job %d was tried %d times, not %d", i, job.tries, tries);
	cr_assert_eq(job.printed, printed, "job %d was printed %d times", i, job.printed);
	cr_assert_eq(job.set_aside, aside, "job %d was set aside %d times", i, job.set_aside);
}

/* A press that has had no job, when all its workers wait for one. */
static void close_idle(void)
{
	struct press *press = press_open(WORKERS, print, set_aside);
	pthread_t thread;

	schedule_await_blocked();
	CHECK(pthread_create(&thread, NULL, close_it, press));
	expect_closed("without a job");
	CHECK(pthread_join(thread, NULL));
}

static int printed_elsewhere; /* guarded by lock */

static int print_elsewhere(void *unused)
{
	(void)unused;
	CHECK(pthread_mutex_lock(&lock));
	printed_elsewhere++;
	CHECK(pthread_mutex_unlock(&lock));
	return 0;
}

static void expect_elsewhere(struct press *press, int printed)
{
	static char sheets[2];

	press_submit(press, &sheets[printed - 1]);
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	int now = printed_elsewhere;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert_eq(now, printed, "two presses were opened, the second got %d jobs, and has printed %d", printed, now);
}

/* Two presses. The worker of the first one waits first: one wake-up for any of those that wait is not enough. */
static void close_one_of_two(void)
{
	struct press *first = press_open(1, print, set_aside);
	pthread_t thread;

	schedule_await_blocked();
	struct press *second = press_open(1, print_elsewhere, set_aside);
	schedule_await_blocked();
	expect_elsewhere(second, 1);
	CHECK(pthread_create(&thread, NULL, close_it, first));
	expect_closed("one of two");
	CHECK(pthread_join(thread, NULL));
	expect_elsewhere(second, 2);
	press_close(second);
}

Test(press, prints_so_many_at_once, .timeout = 60)
{
	schedule_wake_in_vain();
	close_idle();
	close_one_of_two();
	run(WORKERS);
	for (int i = 0; i < JOBS; i++)
		expect(i, 1, 1, 0);
}

/* There are more of them than workers. */
Test(press, sets_aside_what_cannot_be_printed, .timeout = 60)
{
	for (int i = 0; i < BAD; i++)
		jobs[i].fail = JOBS;
	jobs[BAD].fail = PRESS_TRIES - 1;
	schedule_wake_in_vain();
	run(FEWER);
	for (int i = 0; i < JOBS; i++)
		expect(i, i <= BAD ? PRESS_TRIES : 1, i >= BAD, i < BAD);
}

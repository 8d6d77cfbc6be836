/*
 * Which designs a contract excludes. Each design is given jobs until a customer
 * waits, or none is left; then it is closed, and while it closes one more customer
 * comes. What it was seen to do is held against the contract. There is a test for
 * each thing that customers need, with the designs that do not serve it, and one
 * for what is right.
 *
 * A job is finished when the test says so, and of several the last one first: no
 * design is judged by its speed.
 */
#include "press.h"

#include <criterion/criterion.h>

#include "kit/check.h"
#include "kit/schedule.h"

#include "designs/desk.c"

#include "designs/closer_prints.c"
#include "designs/discards_the_rest.c"
#include "designs/forgets_the_waiting.c"
#include "designs/one_printer.c"
#include "designs/open_to_the_end.c"
#include "designs/prints_again.c"
#include "designs/releases_the_refused.c"
#include "designs/thread_per_job.c"
#include "designs/two_printers.c"
#include "designs/waits_for_an_empty_desk.c"

/* The test's own threads are not counted. */
#undef pthread_create
#undef pthread_join
#undef pthread_detach

enum {
	OPENS,
	NEVER_WAITS,
	IN_ORDER,
	ONCE,
	REFUSED,
	OWN_THREADS,
	NO_REST,
	NONE_PRINTS,
	ALL_PRINTED,
	NO_MORE,
	NO_WAITER
};

static const struct clause vocabulary[] = {
	[OPENS] = {"press_open() opens the press", "nothing is ever printed"},
	[NEVER_WAITS] = {"press_submit() never waits", "a customer waits for a place when the desk is full"},
	[IN_ORDER] = {"jobs are finished in the order in which they were submitted",
		      "a job is finished before an earlier one"},
	[ONCE] = {"a job is printed at most once", "a job is printed twice"},
	[REFUSED] = {"a job that is refused is still its customer's", "a job is refused, and released"},
	[OWN_THREADS] = {"print() is never called by the thread that calls press_close()",
			 "the thread that calls press_close() prints what is left"},
	[NO_REST] = {"press_close() waits for no job that has not begun",
		     "press_close() waits for jobs that have not begun when it is called"},
	[NONE_PRINTS] = {"when press_close() returns, no job is being printed",
			 "press_close() returns while a job is being printed"},
	[ALL_PRINTED] = {"when press_close() returns, every job that was accepted has been printed",
			 "press_close() returns, and a job that was accepted has not been printed"},
	[NO_MORE] = {"once press_close() has been called, no job is accepted any more",
		     "a job is accepted while the press is being closed"},
	[NO_WAITER] = {"once press_close() has been called, no customer waits for a place",
		       "a customer waits for a place although the press is closed"},
	{0}};

enum { FIRST = 5, JOBS = 6 }; /* the first customer's jobs; the second customer has the last one */

struct job {
	int number;
	bool answered, accepted;
	int printing, printed, released;
	bool may_finish;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
/* all guarded by lock */
static struct job jobs[JOBS];
static struct {
	const struct design *design;
	bool closing, closed; /* press_close() was called, and has returned */
	bool over;	      /* all jobs may finish */
	bool gone[2];	      /* the customers have had their answers */
	int begun, latest;    /* jobs; and the highest that is finished */
	bool broken[CONTRACT_PROMISES];
} hall;
static _Thread_local bool is_closer;

static void take_lock(void)
{
	CHECK(pthread_mutex_lock(&lock));
}

static void leave_lock(void)
{
	CHECK(pthread_cond_broadcast(&changed));
	CHECK(pthread_mutex_unlock(&lock));
}

static bool is(const bool *what)
{
	take_lock();
	bool value = *what;
	leave_lock();
	return value;
}

/* --- what designs call --- */

void job_release(struct job *job)
{
	take_lock();
	job->released++;
	leave_lock();
}

static void print(void *where, struct job *job)
{
	REQUIRE(where == &hall);
	take_lock();
	hall.begun++;
	hall.broken[OWN_THREADS] |= is_closer;
	job->printing++;
	while (!job->may_finish && !hall.over)
		CHECK(pthread_cond_wait(&changed, &lock));
	job->printing--;
	job->printed++;
	hall.broken[ONCE] |= job->printed > 1;
	hall.broken[IN_ORDER] |= job->number < hall.latest;
	hall.latest = job->number > hall.latest ? job->number : hall.latest;
	leave_lock();
}

/* --- what is seen --- */

/* Hands its jobs in until one is refused. */
static void *come(void *arg)
{
	const bool second = arg == &hall.gone[1];
	const struct design *design = hall.design;
	bool accepted = true;

	for (int i = second ? FIRST : 0; accepted && i < (second ? JOBS : FIRST); i++) {
		accepted = design->submit(&jobs[i]);
		take_lock();
		jobs[i].answered = true;
		jobs[i].accepted = accepted;
		hall.broken[NO_MORE] |= accepted && hall.closing;
		leave_lock();
	}
	take_lock();
	hall.gone[second] = true;
	leave_lock();
	return NULL;
}

static void *close_press(void *arg)
{
	const struct design *design = hall.design;

	(void)arg;
	is_closer = true;
	take_lock();
	hall.closing = true;
	leave_lock();
	design->close();
	take_lock();
	hall.closed = true;
	for (int i = 0; i < JOBS; i++) {
		hall.broken[NONE_PRINTS] |= jobs[i].printing > 0;
		hall.broken[ALL_PRINTED] |= jobs[i].accepted && jobs[i].printed == 0;
	}
	leave_lock();
	return NULL;
}

/* Lets the last of the jobs that are being printed be finished. False: none is. */
static bool finish_one(void)
{
	int last = JOBS - 1;

	take_lock();
	while (last >= 0 && jobs[last].printing == 0)
		last--;
	if (last >= 0)
		jobs[last].may_finish = true;
	leave_lock();
	if (last >= 0)
		schedule_await_blocked();
	return last >= 0;
}

/* Whether a job that was accepted is not finished. */
static bool has_more(void)
{
	bool more = false;

	take_lock();
	for (int i = 0; i < JOBS; i++)
		more = more || (jobs[i].accepted && jobs[i].printed == 0);
	leave_lock();
	return more;
}

static void begin(const struct design *design)
{
	take_lock();
	memset(&hall, 0, sizeof hall);
	memset(jobs, 0, sizeof jobs);
	hall.design = design;
	for (int i = 0; i < JOBS; i++)
		jobs[i].number = i + 1;
	leave_lock();
	counted_begin();
	design->open(print, &hall);
}

/* Up to where nothing is left to be printed. */
static void close_it(pthread_t *closer, pthread_t *second)
{
	take_lock();
	int begun = hall.begun;
	leave_lock();
	NEED(pthread_create(closer, NULL, close_press, NULL));
	schedule_await_blocked();
	hall.broken[NO_WAITER] |= !is(&hall.gone[0]);
	for (int finished = 1; finish_one(); finished++) {
		if (finished == begun)
			hall.broken[NO_REST] |= has_more() && !is(&hall.closed);
		if (finished > 1)
			continue;
		NEED(pthread_create(second, NULL, come, &hall.gone[1]));
		schedule_await_blocked();
	}
}

static struct witness look_at(const struct design *design)
{
	struct witness seen = {.name = design->name, .harm = design->harm};
	pthread_t first, second, closer;

	begin(design);
	NEED(pthread_create(&first, NULL, come, &hall.gone[0]));
	schedule_await_blocked();
	hall.broken[NEVER_WAITS] |= !is(&hall.gone[0]);
	hall.broken[OPENS] |= hall.begun == 0;
	close_it(&closer, &second);
	take_lock();
	hall.over = true;
	leave_lock();
	CHECK(pthread_join(closer, NULL));
	if (design->at_exit)
		design->at_exit();
	CHECK(pthread_join(first, NULL));
	CHECK(pthread_join(second, NULL));
	seen.threads = counted_end();
	for (int i = 0; i < JOBS; i++)
		hall.broken[REFUSED] |= jobs[i].answered && !jobs[i].accepted && jobs[i].released > 0;
	memcpy(seen.broken, hall.broken, sizeof seen.broken);
	return seen;
}

static void judge(const struct design *const *designs)
{
	char wrong[2048] = "";

	for (; *designs; designs++) {
		const struct witness seen = look_at(*designs);
		contract_add(wrong, sizeof wrong, contract_misjudges(&press_contract, vocabulary, &seen));
	}
	cr_assert(!*wrong, "%s", wrong);
}

Test(contract, readable, .timeout = 60)
{
	const char *why = contract_problem(&press_contract, vocabulary);

	cr_assert(!why, "%s", why);
}

Test(contract, admits_what_is_right, .timeout = 60)
{
	judge((const struct design *const[]){&one_printer, &two_printers, &closer_prints, NULL});
}

Test(contract, prints_what_it_accepted, .timeout = 60)
{
	judge((const struct design *const[]){&discards_the_rest, &waits_for_an_empty_desk, &prints_again, NULL});
}

Test(contract, answers_each_customer, .timeout = 60)
{
	judge((const struct design *const[]){&open_to_the_end, &forgets_the_waiting, &releases_the_refused, NULL});
}

Test(contract, keeps_its_size, .timeout = 60)
{
	judge((const struct design *const[]){&thread_per_job, NULL});
}

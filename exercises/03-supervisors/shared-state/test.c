/*
 * What ledger.h promises. The test is the bank: it says no to amounts that end
 * in 13, and takes as long as the test wants. No time is measured: when all
 * other threads wait and a report has not come, it will not.
 */
#define _GNU_SOURCE /* syscall() */
#include "ledger.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/schedule.h"

enum { CHEESE, FISH, HONEY, BREAD };
enum { ROUNDS = 12, REFUSED = 12, LATE = 48, QUICK = 8, ASKERS = LATE + QUICK, MOST_THREADS = 128 };
enum { MANY = 300, STEPS = 40 }; /* transfers: of each of two threads, while the bank is asked; in turn with reports */
enum { LEDGER, ASKER, KINDS };	 /* whose threads are held, and the points of the schedule where they are let go */
enum { IS_ASKED = KINDS, MAY_ORDER, MAY_ANSWER, BANK_IS_ASKED, ONE_WAITS }; /* other points */

static const long morning[LEDGER_STALLS] = {1000, 2000, 3000, 4000};

static struct gate asked = GATE_INITIALIZER, answer = GATE_INITIALIZER;

static struct bank {
	long amounts[ROUNDS];
	int from, to; /* of the last one */
	int count;
} bank; /* what the slow bank was asked for; has no lock, for one at a time is asked */

static int at_once(void *context, int from, int to, long amount)
{
	(void)context, (void)from, (void)to;
	return amount % 100 == 13 ? EACCES : 0;
}

static int slowly(void *context, int from, int to, long amount)
{
	struct bank *slow = context;

	slow->from = from;
	slow->to = to;
	slow->amounts[slow->count++ % ROUNDS] = amount;
	gate_open(&asked);
	gate_wait(&answer);
	return at_once(context, from, to, amount);
}

static struct ledger *open_ledger(ledger_approve *approve)
{
	schedule_wake_in_vain();
	return ledger_open(morning, approve, &bank);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct request {
	struct ledger *ledger;
	struct report report;
	bool there; /* guarded by lock, as is the report */
} requests[ASKERS];

static void *ask(void *arg)
{
	struct request *request = arg;
	struct report report = ledger_report(request->ledger);

	CHECK(pthread_mutex_lock(&lock));
	request->report = report;
	request->there = true;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

static void begin_to_ask(struct ledger *ledger, pthread_t *threads, int first, int end)
{
	for (int i = first; i < end; i++) {
		requests[i] = (struct request){.ledger = ledger};
		CHECK(pthread_create(&threads[i], NULL, ask, &requests[i]));
	}
}

/* Fails the test if a report has not come when nothing moves any more. */
static void expect_reports(const pthread_t *threads, int count)
{
	int missing = 0;

	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	for (int i = 0; i < count; i++)
		missing += !requests[i].there;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert_eq(missing, 0, "everybody waits, and of %d reports that were asked for %d have not come", count,
		     missing);
	for (int i = 0; i < count; i++)
		CHECK(pthread_join(threads[i], NULL));
}

static struct report get_report(struct ledger *ledger)
{
	pthread_t thread;

	begin_to_ask(ledger, &thread, 0, 1);
	expect_reports(&thread, 1);
	return requests[0].report;
}

static void expect_sum(const struct report *report)
{
	long sum = 0, expected = 0;

	for (int i = 0; i < LEDGER_STALLS; i++) {
		sum += report->balance[i];
		expected += morning[i];
	}
	cr_assert_eq(sum, expected, "there were %ld in the morning, and now there are %ld", expected, sum);
}

/* When nothing moves any more. */
static void expect(struct ledger *ledger, long cheese, long fish, int done, int failed)
{
	schedule_await_blocked();
	struct report report = get_report(ledger);

	expect_sum(&report);
	cr_assert_eq(report.balance[CHEESE], cheese, "cheese has %ld, not %ld", report.balance[CHEESE], cheese);
	cr_assert_eq(report.balance[FISH], fish, "fish has %ld, not %ld", report.balance[FISH], fish);
	cr_assert_eq(report.done, done, "done %d, expected %d", report.done, done);
	cr_assert_eq(report.failed, failed, "failed %d, expected %d", report.failed, failed);
}

Test(ledger, a_failed_one_leaves_nothing, .timeout = 60)
{
	struct ledger *ledger = open_ledger(at_once);

	ledger_transfer(ledger, CHEESE, FISH, 100);
	expect(ledger, 900, 2100, 1, 0);
	for (int i = 0; i < REFUSED; i++)
		ledger_transfer(ledger, CHEESE, FISH, 113);
	expect(ledger, 900, 2100, 1, REFUSED);
	ledger_transfer(ledger, FISH, CHEESE, 50);
	expect(ledger, 950, 2050, 2, REFUSED);
	ledger_close(ledger);
}

static const long amounts[] = {100, 13, 50, 25};
enum { AMOUNTS = sizeof amounts / sizeof *amounts };
static struct {
	bool ordered, closed; /* guarded by lock */
} progress;

/* Orders all but the first two, and closes the ledger. Nothing of the test orders the second of them before these. */
static void *order_and_close(void *arg)
{
	schedule_await(MAY_ORDER);
	for (int i = 2; i < AMOUNTS; i++)
		ledger_transfer(arg, CHEESE, FISH, amounts[i]);
	CHECK(pthread_mutex_lock(&lock));
	progress.ordered = true;
	CHECK(pthread_mutex_unlock(&lock));
	ledger_close(arg);
	CHECK(pthread_mutex_lock(&lock));
	progress.closed = true;
	CHECK(pthread_mutex_unlock(&lock));
	return NULL;
}

/* When nothing moves any more. */
static void expect_progress(bool closed)
{
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	bool all = progress.ordered, has = progress.closed;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert(all, "the bank is being asked, few orders wait, and ledger_transfer() waits");
	cr_assert_eq(has, closed, "ledger_close() %s, and the bank %s", has ? "has returned" : "waits",
		     closed ? "has answered" : "is being asked");
}

/* --- more orders than there can be room for --- */

static int when_told(void *context, int from, int to, long amount)
{
	(void)context, (void)from, (void)to, (void)amount;
	schedule_await(MAY_ANSWER);
	return 0;
}

static void *order_cheese(void *ledger)
{
	ledger_transfer(ledger, CHEESE, FISH, 1);
	schedule_await(BANK_IS_ASKED);
	ledger_transfer(ledger, CHEESE, FISH, 1);
	schedule_reached(ONE_WAITS);
	for (int i = 2; i < MANY; i++)
		ledger_transfer(ledger, CHEESE, FISH, 1);
	return NULL;
}

static void *order_honey(void *ledger)
{
	schedule_await(ONE_WAITS);
	for (int i = 0; i < MANY; i++)
		ledger_transfer(ledger, HONEY, BREAD, 2);
	return NULL;
}

/*
 * Two threads order, and wait for room, if there is a bound. None of the orders may be lost by that. The first order of the
 * second thread follows one of the first while the ledger asks the bank: it takes nothing then, so what it gives back cannot
 * order the two by chance.
 */
static void order_many(void)
{
	struct ledger *ledger = open_ledger(when_told);
	pthread_t cheese, honey;

	CHECK(pthread_create(&cheese, NULL, order_cheese, ledger));
	CHECK(pthread_create(&honey, NULL, order_honey, ledger));
	schedule_await_blocked();
	schedule_reached(BANK_IS_ASKED);
	schedule_await_blocked();
	schedule_reached(MAY_ANSWER);
	struct report report = {.done = 0};
	for (int before = -1; report.done != 2 * MANY && report.done != before;) {
		before = report.done;
		schedule_await_blocked();
		report = ledger_report(ledger);
	}
	cr_assert_eq(report.done, 2 * MANY, "%d transfers were ordered by two threads, and %d were made", 2 * MANY,
		     report.done);
	CHECK(pthread_join(cheese, NULL));
	CHECK(pthread_join(honey, NULL));
	ledger_close(ledger);
	cr_assert_eq(report.balance[CHEESE], morning[CHEESE] - MANY, "%d were to be taken from cheese, and it has %ld",
		     MANY, report.balance[CHEESE]);
	cr_assert_eq(report.balance[HONEY], morning[HONEY] - 2 * MANY, "%d were to be taken from honey, and it has %ld",
		     2 * MANY, report.balance[HONEY]);
}

Test(ledger, closes_when_all_are_made, .timeout = 60)
{
	order_many();

	struct ledger *ledger = open_ledger(slowly);
	pthread_t thread;

	ledger_transfer(ledger, CHEESE, FISH, amounts[0]);
	gate_wait(&asked);
	CHECK(pthread_create(&thread, NULL, order_and_close, ledger));
	ledger_transfer(ledger, CHEESE, FISH, amounts[1]);
	schedule_reached(MAY_ORDER);
	expect_progress(false);
	gate_open(&answer);
	expect_progress(true);
	CHECK(pthread_join(thread, NULL));
	cr_assert_eq(bank.count, AMOUNTS, "%d transfers were ordered, and the bank was asked for %d", AMOUNTS,
		     bank.count);
	for (int i = 0; i < AMOUNTS; i++)
		cr_assert_eq(bank.amounts[i], amounts[i], "transfer %d was of %ld, and the bank was asked for %ld", i,
			     amounts[i], bank.amounts[i]);
	cr_assert(bank.from == CHEESE && bank.to == FISH, "the bank was asked to move from %d to %d, not from %d to %d",
		  bank.from, bank.to, CHEESE, FISH);
}

/* --- no processor for the ledger's threads --- */

struct threads {
	long ids[MOST_THREADS];
	int count;
};

static struct threads list_threads(void)
{
	struct threads all = {.count = 0};
	DIR *folder = opendir("/proc/self/task");

	HAVE(folder);
	for (struct dirent *entry; (entry = readdir(folder));)
		if (entry->d_name[0] != '.') {
			REQUIRE(all.count < MOST_THREADS);
			all.ids[all.count++] = atol(entry->d_name);
		}
	closedir(folder);
	return all;
}

static const int signal_of[KINDS] = {SIGUSR1, SIGUSR2};

static void stay(int signal)
{
	int error = errno;

	schedule_await(signal == signal_of[LEDGER] ? LEDGER : ASKER);
	errno = error;
}

/* Holds the threads that were not there before, which wait, until the point is reached. */
static void hold_all_but(const struct threads *before, int point)
{
	struct sigaction action = {.sa_handler = stay, .sa_flags = SA_RESTART};
	struct threads now = list_threads();

	sigemptyset(&action.sa_mask);
	HAVE(sigaction(signal_of[point], &action, NULL) == 0);
	for (int i = 0; i < now.count; i++) {
		bool old = false;
		for (int j = 0; j < before->count; j++)
			old |= now.ids[i] == before->ids[j];
		if (!old)
			HAVE(syscall(SYS_tgkill, getpid(), now.ids[i], signal_of[point]) == 0);
	}
	schedule_await_blocked();
}

Test(ledger, reports_while_the_bank_is_asked, .timeout = 60)
{
	struct threads before = list_threads();
	struct ledger *ledger = open_ledger(slowly);
	pthread_t threads[ASKERS];

	ledger_transfer(ledger, CHEESE, FISH, 100);
	gate_wait(&asked);
	expect(ledger, 1000, 2000, 0, 0);
	/*
	 * All who wait for the ledger's threads wait together. Of the wake-ups that come then, the first reach those who
	 * have asked last, and have no answer yet.
	 */
	hold_all_but(&before, LEDGER);
	before = list_threads();
	begin_to_ask(ledger, threads, 0, LATE);
	schedule_await_blocked();
	hold_all_but(&before, ASKER);
	begin_to_ask(ledger, threads, LATE, ASKERS);
	schedule_await_blocked();
	schedule_reached(LEDGER);
	schedule_await_blocked();
	schedule_reached(ASKER);
	expect_reports(threads, ASKERS);
	for (int i = 0; i < ASKERS; i++)
		cr_assert_eq(requests[i].report.balance[CHEESE], 1000, "cheese has %ld, not 1000",
			     requests[i].report.balance[CHEESE]);
	gate_open(&answer);
	expect(ledger, 900, 2100, 1, 0);
	ledger_close(ledger);
}

/* --- step by step: between any two locks that one side takes, the other does what it can --- */

static struct {
	bool worker_first; /* the reports come between the locks of the worker; else transfers, between those of a report */
	bool over;	   /* guarded by lock */
} steps;

static bool steps_are_over(void)
{
	CHECK(pthread_mutex_lock(&lock));
	bool over = steps.over;
	CHECK(pthread_mutex_unlock(&lock));
	return over;
}

static int in_turn(void *context, int from, int to, long amount)
{
	(void)context, (void)from, (void)to, (void)amount;
	if (steps.worker_first)
		schedule_give_turns(true);
	else if (!steps_are_over())
		schedule_await_turn();
	return 0;
}

/* Each transfer moves 1 from cheese to fish, so that all figures of a report follow from one of them. */
static void expect_step(const struct report *report)
{
	cr_assert(report->balance[CHEESE] == morning[CHEESE] - report->done &&
			  report->balance[FISH] == morning[FISH] + report->done,
		  "%d transfers of 1 are done, cheese has %ld of %ld, and fish %ld of %ld", report->done,
		  report->balance[CHEESE], morning[CHEESE], report->balance[FISH], morning[FISH]);
}

static void *report_in_turn(void *ledger)
{
	for (;;) {
		schedule_await_turn();
		if (steps_are_over())
			return NULL;
		struct report report = ledger_report(ledger);
		expect_step(&report);
	}
}

static void *report_slowly(void *ledger)
{
	schedule_give_turns(true);
	struct report report = ledger_report(ledger);
	schedule_give_turns(false);
	expect_step(&report);
	return NULL;
}

static void end_steps(void)
{
	CHECK(pthread_mutex_lock(&lock));
	steps.over = true;
	CHECK(pthread_mutex_unlock(&lock));
	schedule_give_turn();
}

static void go_step_by_step(bool worker_first)
{
	pthread_t reporter;

	steps.worker_first = worker_first;
	steps.over = false;
	struct ledger *ledger = open_ledger(in_turn);
	if (worker_first)
		CHECK(pthread_create(&reporter, NULL, report_in_turn, ledger));
	for (int i = 0; i < (worker_first ? STEPS / 4 : STEPS); i++)
		ledger_transfer(ledger, CHEESE, FISH, 1);
	schedule_await_blocked();
	if (!worker_first)
		CHECK(pthread_create(&reporter, NULL, report_slowly, ledger));
	schedule_await_blocked();
	end_steps();
	CHECK(pthread_join(reporter, NULL));
	ledger_close(ledger);
}

Test(ledger, always_adds_up, .timeout = 60)
{
	go_step_by_step(true);
	go_step_by_step(false);

	struct ledger *other = open_ledger(at_once);
	ledger_transfer(other, BREAD, CHEESE, 1);
	struct ledger *ledger = open_ledger(slowly);

	for (int i = 0; i < ROUNDS; i++) {
		ledger_transfer(ledger, i % LEDGER_STALLS, (i + 1) % LEDGER_STALLS, 10 + i % 4);
		if (i == 0)
			gate_wait(&asked);
		struct report report = get_report(ledger); /* the first while it is under way, the others at any time */
		expect_sum(&report);
		gate_open(&answer);
	}
	ledger_transfer(ledger, HONEY, HONEY, 10); /* to itself: nothing is to be more or less by that */
	expect(ledger, 1000 - 3 * 10, 2000 + 3 * 10 - 3 * 11, 3 * ROUNDS / 4 + 1, ROUNDS / 4);
	ledger_close(ledger);
	expect(other, 1001, 2000, 1, 0);
	ledger_close(other);
}

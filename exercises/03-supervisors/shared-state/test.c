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
enum { LEDGER, ASKER, KINDS }; /* whose threads are held, and the points of the schedule where they are let go */

static const long morning[LEDGER_STALLS] = {1000, 2000, 3000, 4000};

static struct gate asked = GATE_INITIALIZER, answer = GATE_INITIALIZER;

static struct {
	long amounts[ROUNDS];
	int count;
} slow_ones; /* what the slow bank was asked for; has no lock, for one at a time is asked */

static int at_once(void *context, int from, int to, long amount)
{
	(void)context, (void)from, (void)to;
	return amount % 100 == 13 ? EACCES : 0;
}

static int slowly(void *context, int from, int to, long amount)
{
	slow_ones.amounts[slow_ones.count++ % ROUNDS] = amount;
	gate_open(&asked);
	gate_wait(&answer);
	return at_once(context, from, to, amount);
}

static struct ledger *open_ledger(ledger_approve *approve)
{
	schedule_wake_in_vain();
	return ledger_open(morning, approve, NULL);
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

/* Orders all but the first, and closes the ledger. */
static void *order_and_close(void *arg)
{
	for (int i = 1; i < AMOUNTS; i++)
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

Test(ledger, closes_when_all_are_made, .timeout = 60)
{
	struct ledger *ledger = open_ledger(slowly);
	pthread_t thread;

	ledger_transfer(ledger, CHEESE, FISH, amounts[0]);
	gate_wait(&asked);
	CHECK(pthread_create(&thread, NULL, order_and_close, ledger));
	expect_progress(false);
	gate_open(&answer);
	expect_progress(true);
	CHECK(pthread_join(thread, NULL));
	cr_assert_eq(slow_ones.count, AMOUNTS, "%d transfers were ordered, and the bank was asked for %d", AMOUNTS,
		     slow_ones.count);
	for (int i = 0; i < AMOUNTS; i++)
		cr_assert_eq(slow_ones.amounts[i], amounts[i], "transfer %d was of %ld, and the bank was asked for %ld",
			     i, amounts[i], slow_ones.amounts[i]);
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

Test(ledger, always_adds_up, .timeout = 60)
{
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
}

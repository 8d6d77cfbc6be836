/*
 * What ledger.h promises. The test is the bank: it says no to amounts that end
 * in 13, and takes as long as the test wants. No time is measured: when all
 * other threads wait and a report has not come, it will not.
 */
#include "ledger.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/schedule.h"

enum { CHEESE, FISH, HONEY, BREAD };
enum { ROUNDS = 12 };

static const long morning[LEDGER_STALLS] = {1000, 2000, 3000, 4000};

static struct gate asked = GATE_INITIALIZER, answer = GATE_INITIALIZER;

static int at_once(void *context, int from, int to, long amount)
{
	(void)context, (void)from, (void)to;
	return amount % 100 == 13 ? EACCES : 0;
}

static int slowly(void *context, int from, int to, long amount)
{
	gate_open(&asked);
	gate_wait(&answer);
	return at_once(context, from, to, amount);
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
	struct ledger *ledger;
	struct report report;
	bool there; /* guarded by lock, as is the report */
} request;

static void *ask(void *arg)
{
	struct report report = ledger_report(request.ledger);

	CHECK(pthread_mutex_lock(&lock));
	request.report = report;
	request.there = true;
	CHECK(pthread_mutex_unlock(&lock));
	return arg;
}

/* Fails the test if there is no report. */
static struct report get_report(struct ledger *ledger)
{
	pthread_t thread;

	request.ledger = ledger;
	request.there = false;
	CHECK(pthread_create(&thread, NULL, ask, NULL));
	schedule_await_blocked();
	CHECK(pthread_mutex_lock(&lock));
	bool there = request.there;
	CHECK(pthread_mutex_unlock(&lock));
	cr_assert(there, "everybody waits, and the report has not come");
	CHECK(pthread_join(thread, NULL));
	return request.report;
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
	struct ledger *ledger = ledger_open(morning, at_once, NULL);

	ledger_transfer(ledger, CHEESE, FISH, 100);
	expect(ledger, 900, 2100, 1, 0);
	ledger_transfer(ledger, CHEESE, FISH, 113);
	expect(ledger, 900, 2100, 1, 1);
	ledger_transfer(ledger, FISH, CHEESE, 50);
	expect(ledger, 950, 2050, 2, 1);
	ledger_close(ledger);
}

Test(ledger, reports_while_the_bank_is_asked, .timeout = 60)
{
	struct ledger *ledger = ledger_open(morning, slowly, NULL);

	ledger_transfer(ledger, CHEESE, FISH, 100);
	gate_wait(&asked);
	expect(ledger, 1000, 2000, 0, 0);
	gate_open(&answer);
	expect(ledger, 900, 2100, 1, 0);
	ledger_close(ledger);
}

Test(ledger, always_adds_up, .timeout = 60)
{
	struct ledger *ledger = ledger_open(morning, at_once, NULL);

	for (int i = 0; i < ROUNDS; i++) {
		ledger_transfer(ledger, i % LEDGER_STALLS, (i + 1) % LEDGER_STALLS, 10 + i % 4);
		struct report report = get_report(ledger); /* while the transfer is under way, or before, or after */
		expect_sum(&report);
	}
	expect(ledger, 1000 - 3 * 10, 2000 + 3 * 10 - 3 * 11, 3 * ROUNDS / 4, ROUNDS / 4);
	ledger_close(ledger);
}

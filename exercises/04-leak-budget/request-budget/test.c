/*
 * What label.h promises, seen from the counter. Drawing and checking stop at a
 * gate each, and the test opens them one by one; in between it waits until all
 * others wait. So nothing here depends on speed. What was drawn and printed is
 * counted without a lock, on purpose: when label_make() has returned, no thread
 * of the parcel runs. If one does, that is a data race.
 *
 * The gauge in_flight counts the parcels for the leak budget.
 */
#include "label.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/gate.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

struct parcel {
	enum address address; /* what the head office says of it */
	enum address result;  /* of label_make() */
	struct gate may_draw, may_answer;
	pthread_t clerk;
	bool drawing, checking, returned; /* have come so far; guarded by lock */
	/* below: the parcel's threads', and the test's when label_make() has returned */
	int draws, prints, early_prints, checks;
	bool drawn_by_clerk, checked_by_other;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* In a clerk's thread, the parcel that it serves. */
static _Thread_local const struct parcel *served;

/* Whether this has come; it says so itself. */
static bool came(bool *what, bool now)
{
	CHECK(pthread_mutex_lock(&lock));
	bool is = *what = *what || now;
	CHECK(pthread_mutex_unlock(&lock));
	return is;
}

static void draw(void *arg)
{
	struct parcel *parcel = arg;

	came(&parcel->drawing, true);
	gate_wait(&parcel->may_draw);
	parcel->drawn_by_clerk = served != NULL;
	parcel->draws++;
}

static enum address check(void *arg)
{
	struct parcel *parcel = arg;

	came(&parcel->checking, true);
	gate_wait(&parcel->may_answer);
	parcel->checked_by_other |= served != parcel;
	parcel->checks++;
	return parcel->address;
}

static void print(void *arg)
{
	struct parcel *parcel = arg;

	parcel->early_prints += parcel->draws == 0;
	parcel->prints++;
}

static const struct label_work work = {draw, check, print};

static void *serve(void *arg)
{
	struct parcel *parcel = arg;

	served = parcel;
	parcel->result = label_make(&work, parcel);
	came(&parcel->returned, true);
	return NULL;
}

static void begin(struct parcel *parcel, enum address address)
{
	parcel->address = address;
	gate_init(&parcel->may_draw);
	gate_init(&parcel->may_answer);
	gauge_add("in_flight", 1);
	CHECK(pthread_create(&parcel->clerk, NULL, serve, parcel));
}

static void end(struct parcel *parcel)
{
	CHECK(pthread_join(parcel->clerk, NULL));
	gauge_add("in_flight", -1);
}

/* Opens the gate, and lets the others come as far as they get. */
static void open_and_watch(struct gate *gate)
{
	gate_open(gate);
	schedule_await_blocked();
}

static void expect_both_under_way(struct parcel *parcel)
{
	schedule_await_blocked();
	cr_assert(came(&parcel->drawing, false) && came(&parcel->checking, false),
		  "draw() and check() do not run at the same time");
}

static void expect_still_at_work(struct parcel *parcel, const char *what)
{
	bool returned = came(&parcel->returned, false);

	if (returned)
		end(parcel);
	cr_assert_not(returned, "label_make() has returned, and %s", what);
}

/* Both gates are open. Fails the test unless all has come to its end. */
static void expect_end(struct parcel *parcel)
{
	cr_assert(came(&parcel->returned, false), "all is drawn and checked, and label_make() still waits");
	end(parcel);
	cr_assert_eq(parcel->result, parcel->address, "label_make() returns something else than check()");
	cr_assert_eq(parcel->draws, 1, "draw() has come to its end %d times", parcel->draws);
	cr_assert_eq(parcel->checks, 1, "check() was called %d times", parcel->checks);
	cr_assert_not(parcel->drawn_by_clerk, "draw() was called by a clerk's thread, not by one of the parcel's own");
	cr_assert_not(parcel->checked_by_other, "check() was not called by the thread that called label_make()");
	cr_assert_eq(parcel->prints, parcel->address == ADDRESS_GOOD, "print() was called %d times", parcel->prints);
	cr_assert_eq(parcel->early_prints, 0, "print() was called before draw() had returned");
}

/* At the next counter a good one comes and goes meanwhile. The budget has one clerk: this one's counts, too. */
static void serve_another(struct parcel *other)
{
	gauge_add("in_flight", 1);
	begin(other, ADDRESS_GOOD);
	expect_both_under_way(other);
	open_and_watch(&other->may_draw);
	open_and_watch(&other->may_answer);
	expect_end(other);
	gauge_add("in_flight", -1);
}

/* The head office is fast, and says no; the label is still being drawn, and what it says of another is another matter. */
static void expect_no_label(enum address address)
{
	static struct parcel parcel, other;

	begin(&parcel, address);
	expect_both_under_way(&parcel);
	open_and_watch(&parcel.may_answer);
	expect_still_at_work(&parcel, "the parcel's thread is still drawing");
	serve_another(&other);
	open_and_watch(&parcel.may_draw);
	expect_end(&parcel);
}

Test(label, gives_back_an_unknown_parcel, .timeout = 60)
{
	expect_no_label(ADDRESS_UNKNOWN);
}

Test(label, gives_back_an_unanswered_parcel, .timeout = 60)
{
	expect_no_label(ADDRESS_NO_ANSWER);
}

Test(label, prints_a_good_one, .timeout = 60)
{
	static struct parcel parcel, other;

	schedule_wake_in_vain();
	begin(&parcel, ADDRESS_GOOD);
	expect_both_under_way(&parcel);
	serve_another(&other);
	open_and_watch(&parcel.may_draw);
	expect_still_at_work(&parcel, "nobody has answered yet");
	cr_assert_eq(parcel.prints, 0, "print() was called before the address was checked");
	open_and_watch(&parcel.may_answer);
	expect_end(&parcel);
}

/* A morning at one counter: here the budget shows what is left of each parcel. */
Test(label, serves_one_after_the_other, .timeout = 60)
{
	static const enum address addresses[] = {ADDRESS_GOOD, ADDRESS_UNKNOWN, ADDRESS_NO_ANSWER};
	enum { KINDS = sizeof addresses / sizeof *addresses, PARCELS = 2 * KINDS };
	static struct parcel parcels[PARCELS];

	for (int i = 0; i < PARCELS; i++) {
		begin(&parcels[i], addresses[i % KINDS]);
		open_and_watch(&parcels[i].may_draw);
		open_and_watch(&parcels[i].may_answer);
		expect_end(&parcels[i]);
	}
}

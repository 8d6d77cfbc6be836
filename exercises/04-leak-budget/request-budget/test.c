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

enum { OTHERS = 7 /* at counters beside the first one */ };

struct parcel {
	enum address address; /* what the head office says of it */
	enum address result;  /* of label_make() */
	struct gate may_draw, may_answer;
	pthread_t clerk;
	bool draws_first;		  /* check() lets it be drawn, and answers when all others wait */
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

/* Opens the gate, and lets the others come as far as they get. */
static void open_and_watch(struct gate *gate)
{
	gate_open(gate);
	schedule_await_blocked();
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
	if (parcel->draws_first)
		open_and_watch(&parcel->may_draw);
	else
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

static void expect_result(const struct parcel *parcel)
{
	cr_assert_eq(parcel->result, parcel->address, "label_make() returns something else than check()");
	cr_assert_eq(parcel->draws, 1, "draw() has come to its end %d times", parcel->draws);
	cr_assert_eq(parcel->checks, 1, "check() was called %d times", parcel->checks);
	cr_assert_not(parcel->drawn_by_clerk, "draw() was called by a clerk's thread, not by one of the parcel's own");
	cr_assert_not(parcel->checked_by_other, "check() was not called by the thread that called label_make()");
	cr_assert_eq(parcel->prints, parcel->address == ADDRESS_GOOD, "print() was called %d times", parcel->prints);
	cr_assert_eq(parcel->early_prints, 0, "print() was called before draw() had returned");
}

/* Both gates are open. Fails the test unless all has come to its end. */
static void expect_end(struct parcel *parcel)
{
	cr_assert(came(&parcel->returned, false), "all is drawn and checked, and label_make() still waits");
	end(parcel);
	expect_result(parcel);
}

/*
 * At the next counters good ones come and go meanwhile, all at a time: of each second one the label is drawn first, of the
 * others the answer comes first. The budget has one clerk: these count, too.
 */
static void serve_others(struct parcel *others, int count)
{
	gauge_add("in_flight", count);
	for (int i = 0; i < count; i++)
		begin(&others[i], ADDRESS_GOOD);
	for (int i = 0; i < count; i++)
		expect_both_under_way(&others[i]);
	for (int i = 0; i < count; i++) {
		bool answered = i % 2 == 0;

		open_and_watch(answered ? &others[i].may_answer : &others[i].may_draw);
		expect_still_at_work(&others[i],
				     answered ? "its label is still being drawn" : "nobody has answered yet");
		open_and_watch(answered ? &others[i].may_draw : &others[i].may_answer);
		expect_end(&others[i]);
	}
	gauge_add("in_flight", -count);
}

/* The head office is fast, and says no; the label is still being drawn, and what it says of another is another matter. */
static void expect_no_label(enum address address)
{
	static struct parcel parcel, other;

	begin(&parcel, address);
	expect_both_under_way(&parcel);
	open_and_watch(&parcel.may_answer);
	expect_still_at_work(&parcel, "the parcel's thread is still drawing");
	serve_others(&other, 1);
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
	static struct parcel parcel, others[OTHERS];

	schedule_wake_in_vain();
	begin(&parcel, ADDRESS_GOOD);
	expect_both_under_way(&parcel);
	serve_others(others, OTHERS);
	open_and_watch(&parcel.may_draw);
	expect_still_at_work(&parcel, "nobody has answered yet");
	cr_assert_eq(parcel.prints, 0, "print() was called before the address was checked");
	open_and_watch(&parcel.may_answer);
	expect_end(&parcel);
}

/*
 * The test's own thread is the clerk. It has not ended when the budget is read: what a clerk's thread keeps, and would end or
 * join when it ends itself, is seen.
 */
static void serve_oneself(struct parcel *parcel, enum address address)
{
	parcel->address = address;
	parcel->draws_first = true;
	gate_init(&parcel->may_draw);
	gauge_add("in_flight", 1);
	serve(parcel);
	gauge_add("in_flight", -1);
	schedule_await_blocked(); /* a thread that was told something, and is not waited for, has come as far as it gets */
	expect_result(parcel);
}

/* A morning at one counter: here the budget shows what is left of each parcel. */
Test(label, serves_one_after_the_other, .timeout = 60)
{
	static const enum address addresses[] = {ADDRESS_GOOD, ADDRESS_UNKNOWN, ADDRESS_NO_ANSWER};
	enum { KINDS = sizeof addresses / sizeof *addresses, PARCELS = 2 * KINDS };
	static struct parcel parcels[PARCELS], own[KINDS];

	for (int i = 0; i < PARCELS; i++) {
		begin(&parcels[i], addresses[i % KINDS]);
		open_and_watch(&parcels[i].may_draw);
		open_and_watch(&parcels[i].may_answer);
		expect_end(&parcels[i]);
	}
	for (int i = 0; i < KINDS; i++)
		serve_oneself(&own[i], addresses[i]);
}

/*
 * What seats.h promises, seen from outside. Each evening at the box office is a
 * thread of its own, so that the test goes on if it does not end. The clock is
 * turned by hand: no verdict depends on how long anything takes. "held" is what
 * the leak budget compares the threads with, those that run and those that have
 * ended and are not joined.
 */
#define _GNU_SOURCE /* mallinfo2() */
#include "seats.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <malloc.h>

#include "kit/check.h"
#include "kit/deadline.h"
#include "kit/gauge.h"
#include "kit/schedule.h"

enum {
	ANNA = 0,
	BEN = 1,
	SEATS = 12,
	LATE = 1000000,
	MANY = 6,	/* holds, one after the other */
	LEAST = 16,	/* bytes that malloc() takes for a block, or more */
	PATIENCE = 8000 /* ms: only an evening that hangs takes so long */
};

static struct house *house;

static bool hold(int seat, int customer, long until)
{
	gauge_add("held", 1);
	bool held = seat_hold(house, seat, customer, until);
	if (!held)
		gauge_add("held", -1);
	schedule_await_blocked(); /* the hold's thread, if it has one, waits for its time by now */
	return held;
}

static bool buy(int seat, int customer)
{
	bool bought = seat_buy(house, seat, customer);

	if (bought)
		gauge_add("held", -1);
	return bought;
}

static bool give_back(int seat, int customer)
{
	bool given_back = seat_give_back(house, seat, customer);

	if (given_back)
		gauge_add("held", -1);
	return given_back;
}

/* --- an evening, and whether it ends --- */

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	void (*evening)(void);
	bool over; /* guarded by lock */
} office = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const char *wrong; /* what was, if anything; the evening's, then the test's */

static void expect(bool right, const char *otherwise)
{
	if (!right && !wrong)
		wrong = otherwise;
}

static void *open_office(void *unused)
{
	house = house_open(HOUSE_ROOM);
	office.evening();
	house_close(house);
	house = NULL; /* else memcheck takes a house that was not freed for one that is in use */
	CHECK(pthread_mutex_lock(&office.lock));
	office.over = true;
	CHECK(pthread_cond_signal(&office.changed));
	CHECK(pthread_mutex_unlock(&office.lock));
	return unused;
}

static void run_for(long patience, void (*evening)(void))
{
	struct timespec end = deadline_in(patience);
	pthread_t thread;

	schedule_wake_in_vain();
	office.evening = evening;
	deadline_cond_init(&office.changed);
	CHECK(pthread_create(&thread, NULL, open_office, NULL));
	CHECK(pthread_mutex_lock(&office.lock));
	while (!office.over && deadline_cond_wait(&office.changed, &office.lock, &end))
		;
	bool over = office.over;
	CHECK(pthread_mutex_unlock(&office.lock));
	cr_assert(over, "the box office hangs");
	CHECK(pthread_join(thread, NULL));
	cr_assert_null(wrong, "%s", wrong);
}

static void run(void (*evening)(void))
{
	run_for(PATIENCE, evening);
}

/* --- what is promised --- */

static void in_time(void)
{
	expect(hold(1, ANNA, 10), "a free seat could not be held");
	expect(hold(2, ANNA, 20), "a free seat could not be held");
	expect(hold(3, ANNA, 5), "a free seat could not be held");
	house_clock(house, 9);
	gauge_add("held", -1);
	expect(!buy(3, ANNA), "a seat was bought after its time, which ended before those of holds that are older");
	expect(!hold(1, BEN, 30), "a seat that is held was given to another one");
	expect(!buy(1, BEN), "a seat was bought by one who does not hold it");
	expect(!give_back(1, BEN), "a seat was given back by one who does not hold it");
	house_clock(house, 10);
	gauge_add("held", -1);
	expect(!buy(1, ANNA), "a seat was bought after its time");
	expect(!give_back(1, ANNA), "a seat was given back after its time");
	expect(hold(1, BEN, 30), "the time was over, and the seat was not free");
	house_clock(house, 19);
	expect(buy(2, ANNA), "a seat could not be bought in time");
	expect(!buy(2, ANNA), "a seat was bought twice");
	expect(!give_back(2, ANNA), "a seat that is sold was given back");
	house_clock(house, 30);
	gauge_add("held", -1);
	expect(!hold(2, BEN, LATE), "a sold seat was given to another one");
	expect(hold(1, ANNA, LATE), "the time was over, and the seat was not free");
	expect(give_back(1, ANNA), "a seat could not be given back");
	expect(!give_back(1, ANNA), "a seat was given back twice");
	expect(!buy(1, ANNA), "a seat was bought by one who has given it back");
}

/* None of them means nobody. */
static void any_number(void)
{
	static const int customers[] = {0, -1, INT_MIN, INT_MAX};
	enum { CUSTOMERS = sizeof customers / sizeof *customers };

	for (int i = 0; i < CUSTOMERS; i++) {
		expect(hold(i, customers[i], LATE), "a free seat could not be held by one of the customers");
		expect(!hold(i, BEN, LATE), "a seat that one of the customers holds was given to another one");
		expect(!buy(i, customers[(i + 1) % CUSTOMERS]), "a seat was bought by one who does not hold it");
	}
	for (int i = 0; i < CUSTOMERS; i++) {
		bool ended = i % 2 ? buy(i, customers[i]) : give_back(i, customers[i]);

		expect(ended, "a seat could not be bought or given back by one of the customers");
		for (int j = 0; j < CUSTOMERS; j++)
			expect(!buy(i, customers[j]), "a seat that is sold or free was bought by one of the customers");
	}
}

Test(seats, a_customer_is_any_number, .timeout = 60)
{
	run(any_number);
}

Test(seats, a_hold_ends_in_time, .timeout = 60)
{
	run(in_time);
}

/* All seats are held, nobody pays, and nobody comes again. What the holds leave behind, the leak budget counts. */
static void nobody_pays(void)
{
	for (int seat = 0; seat < SEATS; seat++)
		expect(hold(seat, ANNA, 10), "a free seat could not be held");
	house_clock(house, 10);
	gauge_add("held", -SEATS);
	for (int seat = 0; seat < SEATS; seat++)
		expect(!buy(seat, ANNA), "a seat was bought after its time");
}

Test(seats, nothing_is_left_of_holds_whose_time_has_come, .timeout = 60)
{
	run(nobody_pays);
}

/* Gives a seat back, and another hold follows; then the time of the first one comes. */
static void one_after_another(int first, int second)
{
	expect(hold(3, first, 10), "a free seat could not be held");
	expect(give_back(3, first), "a seat could not be given back");
	expect(hold(3, second, 100), "a seat that was given back could not be held");
	house_clock(house, 10);
	expect(buy(3, second), "a hold was ended by one that was over long ago");
}

static void anna_then_ben(void)
{
	one_after_another(ANNA, BEN);
}

static void anna_then_anna(void)
{
	one_after_another(ANNA, ANNA);
}

Test(seats, an_old_hold_ends_no_other, .timeout = 60)
{
	run(anna_then_ben);
}

Test(seats, an_old_hold_ends_no_other_of_the_same, .timeout = 60)
{
	run(anna_then_anna);
}

/* Some are bought, each of them with another seat, some are given back, and of some the time comes. */
static void hold_many(long now)
{
	for (int i = 0; i < MANY; i++) {
		expect(hold(SEATS + (int)now + i, BEN, LATE), "a free seat could not be held");
		expect(buy(SEATS + (int)now + i, BEN), "a seat could not be bought in time");
		expect(hold(3, ANNA, now + i + 1), "a free seat could not be held");
		if (i % 2)
			expect(give_back(3, ANNA), "a seat could not be given back");
		house_clock(house, now + i + 1);
		gauge_add("held", -(i % 2 == 0));
		schedule_await_blocked(); /* who was told to end, and is not waited for, has ended */
	}
}

/*
 * The second lot needs no memory but what the first has left. Only the C library's own malloc() tells how much is in
 * use: under a detector another stands in for it, and there this is always right.
 */
static void long_evening(void)
{
	hold_many(0);
	size_t before = mallinfo2().uordblks;
	hold_many(MANY);
	size_t after = mallinfo2().uordblks;
	expect(after < before + LEAST * MANY, "holds are over, and their memory is not free");
}

Test(seats, an_evening_with_many_holds, .timeout = 60)
{
	run_for(3 * PATIENCE, long_evening); /* holds that look now and then for their time are given it at each step */
}

static void busy_evening(void)
{
	for (int seat = 0; seat < SEATS - 2; seat++) {
		expect(hold(seat, ANNA, LATE), "a free seat could not be held");
		expect(buy(seat, ANNA), "a seat could not be bought in time");
	}
	/* Of three threads that wait the second must end: to wake any one of them is not enough. */
	for (int seat = SEATS - 2; seat <= SEATS; seat++)
		expect(hold(seat, BEN, LATE), "a free seat could not be held");
	expect(buy(SEATS - 1, BEN), "a seat could not be bought in time");

	gauge_add("held", 2); /* a thread of the other house, and one of its hold */
	struct house *other = house_open(HOUSE_ROOM);
	expect(seat_hold(other, 0, ANNA, 10), "a seat that is sold in one house could not be held in another");
	schedule_await_blocked();
	house_clock(other, LATE);
	expect(!seat_buy(other, 0, ANNA), "a seat was bought after its time");
	house_close(other);
	gauge_add("held", -2);
	expect(buy(SEATS, BEN), "a hold was ended by the clock of another house");
}

Test(seats, an_evening_ends_with_seats_on_hold, .timeout = 60)
{
	run(busy_evening);
}

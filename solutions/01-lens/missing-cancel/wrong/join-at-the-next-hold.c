/*
 * Buying a seat or giving it back ends the hold. One whose time has come ends by itself, and the one that holds the
 * seat next clears it away.
 *
 * Tempting  the seat is free in time, a hold that is over has no effect, and every thread is joined. The tests pass,
 *           and every race detector is silent.
 * Refused   by the budget: nobody has to hold the seat again. After an evening on which all chose and nobody paid, each
 *           seat has a thread that has ended and a hold that is over, until the house closes.
 * test      passes
 * tsan      silent
 * budget    fires started in expire when started <= joined + held + 2, joined == started
 */
#include "seats.h"

#include <limits.h>
#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct house {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	long now;
	struct seat {
		enum { FREE, HELD, SOLD } state;
		int customer;
		struct hold *hold; /* the latest, also one that is over */
	} seats[HOUSE_ROOM];
};

struct hold {
	struct house *house;
	struct seat *seat;
	long until;
	bool over; /* guarded by the house's lock */
	pthread_t thread;
};

static void *expire(void *arg)
{
	struct hold *hold = arg;
	struct house *house = hold->house;

	CHECK(pthread_mutex_lock(&house->lock));
	while (!hold->over && house->now < hold->until)
		CHECK(pthread_cond_wait(&house->changed, &house->lock));
	if (!hold->over)
		hold->seat->state = FREE;
	CHECK(pthread_cond_broadcast(&house->changed)); /* the caller that turned the clock waits for it */
	CHECK(pthread_mutex_unlock(&house->lock));
	return NULL;
}

struct house *house_open(int seats)
{
	struct house *house = calloc(1, sizeof *house);

	HAVE(house);
	REQUIRE(seats <= HOUSE_ROOM);
	CHECK(pthread_mutex_init(&house->lock, NULL));
	CHECK(pthread_cond_init(&house->changed, NULL));
	return house;
}

/* Joins the thread of the last hold of this seat, if there was one. The thread has been told, or its time has come. */
static void clear_away(struct seat *at)
{
	if (!at->hold)
		return;
	CHECK(pthread_join(at->hold->thread, NULL));
	free(at->hold);
	at->hold = NULL;
}

bool seat_hold(struct house *house, int seat, int customer, long until)
{
	struct seat *at = &house->seats[seat];

	CHECK(pthread_mutex_lock(&house->lock));
	bool is_free = at->state == FREE;
	CHECK(pthread_mutex_unlock(&house->lock));
	if (is_free) {
		clear_away(at);
		struct hold *hold = malloc(sizeof *hold);
		HAVE(hold);
		*hold = (struct hold){.house = house, .seat = at, .until = until};
		CHECK(pthread_mutex_lock(&house->lock));
		*at = (struct seat){.state = HELD, .customer = customer, .hold = hold};
		CHECK(pthread_mutex_unlock(&house->lock));
		NEED(pthread_create(&hold->thread, NULL, expire, hold));
	}
	return is_free;
}

static bool end_hold(struct house *house, int seat, int customer, bool sold)
{
	struct seat *at = &house->seats[seat];

	CHECK(pthread_mutex_lock(&house->lock));
	bool held = at->state == HELD && at->customer == customer;
	if (held) {
		at->state = sold ? SOLD : FREE;
		at->hold->over = true;
		CHECK(pthread_cond_broadcast(&house->changed));
	}
	CHECK(pthread_mutex_unlock(&house->lock));
	if (held)
		clear_away(at);
	return held;
}

bool seat_buy(struct house *house, int seat, int customer)
{
	return end_hold(house, seat, customer, true);
}

bool seat_give_back(struct house *house, int seat, int customer)
{
	return end_hold(house, seat, customer, false);
}

/* Needs the lock held. */
static bool some_due(const struct house *house)
{
	for (int i = 0; i < HOUSE_ROOM; i++)
		if (house->seats[i].state == HELD && house->seats[i].hold->until <= house->now)
			return true;
	return false;
}

void house_clock(struct house *house, long now)
{
	CHECK(pthread_mutex_lock(&house->lock));
	house->now = now;
	CHECK(pthread_cond_broadcast(&house->changed));
	while (some_due(house))
		CHECK(pthread_cond_wait(&house->changed, &house->lock));
	CHECK(pthread_mutex_unlock(&house->lock));
}

void house_close(struct house *house)
{
	house_clock(house, LONG_MAX);
	for (int i = 0; i < HOUSE_ROOM; i++)
		clear_away(&house->seats[i]);
	CHECK(pthread_cond_destroy(&house->changed));
	CHECK(pthread_mutex_destroy(&house->lock));
	free(house);
}

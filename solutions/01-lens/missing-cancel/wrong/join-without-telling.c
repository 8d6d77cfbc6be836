/*
 * Who ends a hold joins its thread.
 *
 * Tempting  the header wants it joined, so it is joined. With a hold whose time has come it works.
 * Refused   by the tests: the thread waits for its time, so the customer who has paid waits for it, too.
 * test      fails a_customer_is_any_number, a_hold_ends_in_time, an_evening_ends_with_seats_on_hold,
 *           an_evening_with_many_holds, an_old_hold_ends_no_other, an_old_hold_ends_no_other_of_the_same
 */
#include "seats.h"

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
		struct hold *hold; /* while it is held, and until the hold is ended */
	} seats[HOUSE_ROOM];
};

struct hold {
	struct house *house;
	struct seat *seat;
	long until;
	bool over; /* guarded by the house's lock: what the time would have done is not to be done */
	pthread_t thread;
};

static void *expire(void *arg)
{
	struct hold *hold = arg;
	struct house *house = hold->house;

	CHECK(pthread_mutex_lock(&house->lock));
	while (house->now < hold->until)
		CHECK(pthread_cond_wait(&house->changed, &house->lock));
	if (!hold->over)
		hold->seat->state = FREE;
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

bool seat_hold(struct house *house, int seat, int customer, long until)
{
	struct seat *at = &house->seats[seat];

	CHECK(pthread_mutex_lock(&house->lock));
	bool is_free = at->state == FREE;
	if (is_free) {
		struct hold *hold = malloc(sizeof *hold);
		HAVE(hold);
		*hold = (struct hold){.house = house, .seat = at, .until = until};
		*at = (struct seat){.state = HELD, .customer = customer, .hold = hold};
		NEED(pthread_create(&hold->thread, NULL, expire, hold));
	}
	CHECK(pthread_mutex_unlock(&house->lock));
	return is_free;
}

/* The one place where a hold ends, whatever the reason: its thread is told, waited for, and only then forgotten. */
static void hold_end(struct house *house, struct hold *hold)
{
	CHECK(pthread_mutex_lock(&house->lock));
	hold->over = hold->over || house->now < hold->until;
	hold->seat->hold = NULL;
	CHECK(pthread_cond_broadcast(&house->changed));
	CHECK(pthread_mutex_unlock(&house->lock));
	CHECK(pthread_join(hold->thread, NULL)); /* without the lock, which the thread needs to end */
	free(hold);
}

static bool end_hold(struct house *house, int seat, int customer, bool sold)
{
	struct seat *at = &house->seats[seat];

	CHECK(pthread_mutex_lock(&house->lock));
	bool held = at->state == HELD && at->customer == customer;
	if (held)
		at->state = sold ? SOLD : FREE;
	struct hold *hold = at->hold;
	CHECK(pthread_mutex_unlock(&house->lock));
	if (held)
		hold_end(house, hold);
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

/* Ends the holds whose time has come; at closing time, all of them. */
static void end_holds(struct house *house, bool all)
{
	for (int i = 0; i < HOUSE_ROOM; i++) {
		struct hold *hold =
			house->seats[i].hold; /* written by the thread of the box office alone, which this is */
		if (hold && (all || hold->until <= house->now))
			hold_end(house, hold);
	}
}

void house_clock(struct house *house, long now)
{
	CHECK(pthread_mutex_lock(&house->lock));
	house->now = now;
	CHECK(pthread_cond_broadcast(&house->changed));
	CHECK(pthread_mutex_unlock(&house->lock));
	end_holds(house, false);
}

void house_close(struct house *house)
{
	end_holds(house, true);
	CHECK(pthread_cond_destroy(&house->changed));
	CHECK(pthread_mutex_destroy(&house->lock));
	free(house);
}

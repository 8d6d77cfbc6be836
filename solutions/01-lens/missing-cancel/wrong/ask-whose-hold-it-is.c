/*
 * The thread of a hold checks whether the seat is still its customer's, before it frees the seat.
 *
 * Tempting  the complaint was that Ben lost his seat because of Anna's hold, and that cannot happen any more.
 * Refused   by the tests: Anna gave her seat back, and took it again. By the budget: the threads stay as before, each
 *           for its whole time.
 * test      fails an_evening_with_many_holds, an_old_hold_ends_no_other_of_the_same
 * budget    fires started in expire, joined in expire when started <= joined + held + 2, joined == started
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
	struct hold *holds; /* whose time has not come */
	struct seat {
		enum { FREE, HELD, SOLD } state;
		int customer;
	} seats[HOUSE_ROOM];
};

struct hold {
	struct house *house;
	struct seat *seat;
	int customer;
	long until;
	struct hold *next;
};

/* Needs the lock held. */
static void unlink_hold(struct hold *hold)
{
	struct hold **link = &hold->house->holds;

	while (*link != hold)
		link = &(*link)->next;
	*link = hold->next;
}

static void *expire(void *arg)
{
	struct hold *hold = arg;
	struct house *house = hold->house;

	CHECK(pthread_mutex_lock(&house->lock));
	while (house->now < hold->until)
		CHECK(pthread_cond_wait(&house->changed, &house->lock));
	if (hold->seat->state == HELD && hold->seat->customer == hold->customer)
		hold->seat->state = FREE;
	unlink_hold(hold);
	free(hold);
	CHECK(pthread_cond_broadcast(&house->changed));
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
	pthread_t thread;

	CHECK(pthread_mutex_lock(&house->lock));
	bool is_free = house->seats[seat].state == FREE;
	if (is_free) {
		struct hold *hold = malloc(sizeof *hold);
		HAVE(hold);
		house->seats[seat] = (struct seat){.state = HELD, .customer = customer};
		*hold = (struct hold){.house = house,
				      .seat = &house->seats[seat],
				      .customer = customer,
				      .until = until,
				      .next = house->holds};
		house->holds = hold;
		NEED(pthread_create(&thread, NULL, expire, hold));
		CHECK(pthread_detach(thread)); /* it ends when the time has come */
	}
	CHECK(pthread_mutex_unlock(&house->lock));
	return is_free;
}

static bool end_hold(struct house *house, int seat, int customer, bool sold)
{
	CHECK(pthread_mutex_lock(&house->lock));
	bool held = house->seats[seat].state == HELD && house->seats[seat].customer == customer;
	if (held)
		house->seats[seat].state = sold ? SOLD : FREE;
	CHECK(pthread_mutex_unlock(&house->lock));
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
	for (const struct hold *hold = house->holds; hold; hold = hold->next)
		if (hold->until <= house->now)
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
	CHECK(pthread_cond_destroy(&house->changed));
	CHECK(pthread_mutex_destroy(&house->lock));
	free(house);
}

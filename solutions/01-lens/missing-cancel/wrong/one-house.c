/*
 * Tempting  a theatre has one house, and without a thread and without memory of its own there is nothing to leak.
 * Refused   the test: who opens a second one has closed the first. Where a header has a handle, what is behind it is
 *           not one.
 * test      fails an_evening_ends_with_seats_on_hold
 */
#include "seats.h"

#include "kit/check.h"

struct house {
	long now;
	struct seat {
		enum { FREE, HELD, SOLD } state;
		int customer;
		long until;
	} seats[HOUSE_ROOM];
};

static struct house the_house;

struct house *house_open(int seats)
{
	struct house *house = &the_house;

	*house = (struct house){0};
	REQUIRE(seats <= HOUSE_ROOM);
	return house;
}

bool seat_hold(struct house *house, int seat, int customer, long until)
{
	struct seat *at = &house->seats[seat];

	if (at->state != FREE)
		return false;
	if (house->now < until)
		*at = (struct seat){.state = HELD, .customer = customer, .until = until};
	return true;
}

static bool end_hold(struct seat *at, int customer, bool sold)
{
	if (at->state != HELD || at->customer != customer)
		return false;
	at->state = sold ? SOLD : FREE;
	return true;
}

bool seat_buy(struct house *house, int seat, int customer)
{
	return end_hold(&house->seats[seat], customer, true);
}

bool seat_give_back(struct house *house, int seat, int customer)
{
	return end_hold(&house->seats[seat], customer, false);
}

void house_clock(struct house *house, long now)
{
	house->now = now;
	for (int i = 0; i < HOUSE_ROOM; i++)
		if (house->seats[i].state == HELD && house->seats[i].until <= now)
			house->seats[i].state = FREE;
}

void house_close(struct house *house)
{
	(void)house;
}

/*
 * Tempting  a seat is free or it is not, and if it is not, the customer whose it is may do with it what it wants.
 * Refused   the test: a seat that is sold is bought again, and given back.
 * test      fails a_customer_is_any_number, a_hold_ends_in_time
 */
#include "seats.h"

#include <stdlib.h>

#include "kit/check.h"

struct house {
	long now;
	struct seat {
		enum { FREE, HELD, SOLD } state;
		int customer;
		long until;
	} seats[HOUSE_ROOM];
};

struct house *house_open(int seats)
{
	struct house *house = calloc(1, sizeof *house);

	HAVE(house);
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
	if (at->state == FREE || at->customer != customer)
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
	free(house);
}

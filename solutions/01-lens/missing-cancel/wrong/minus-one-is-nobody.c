/*
 * A seat has a customer and a time. That nobody holds it is one more customer, with the
 * number -1.
 *
 * Tempting  no thread, no state, and nobody has such a number.
 * Refused   by a test: a customer is any number. The one that has it holds a seat that all others can have.
 * test      fails a_customer_is_any_number
 */
#include "seats.h"

#include <stdlib.h>

#include "kit/check.h"

enum { NOBODY = -1 };

struct house {
	long now;
	struct seat {
		bool sold;
		int customer; /* NOBODY: it is free */
		long until;
	} seats[HOUSE_ROOM];
};

struct house *house_open(int seats)
{
	struct house *house = calloc(1, sizeof *house);

	HAVE(house);
	REQUIRE(seats <= HOUSE_ROOM);
	for (int i = 0; i < HOUSE_ROOM; i++)
		house->seats[i].customer = NOBODY;
	return house;
}

bool seat_hold(struct house *house, int seat, int customer, long until)
{
	struct seat *at = &house->seats[seat];

	if (at->sold || at->customer != NOBODY)
		return false;
	if (house->now < until)
		*at = (struct seat){.customer = customer, .until = until};
	return true;
}

static bool end_hold(struct seat *at, int customer, bool sold)
{
	if (at->sold || at->customer != customer)
		return false;
	at->sold = sold;
	at->customer = NOBODY;
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
		if (house->seats[i].until <= now)
			house->seats[i].customer = NOBODY;
}

void house_close(struct house *house)
{
	free(house);
}

/*
 * One thread for the house, not one for each hold. It lives as long as the house
 * does, is told once and joined once; a hold has no thread to forget.
 *
 * Promise   when seat_buy() or seat_give_back() returns, nothing is left of the hold.
 * test      passes
 * tsan      silent
 * helgrind  silent
 * drd       silent
 * memcheck  silent
 * budget    silent when started <= joined + held + 2, joined == started
 */
#include "seats.h"

#include <pthread.h>
#include <stdlib.h>

#include "kit/check.h"

struct house {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t timekeeper;
	/* all below guarded by lock */
	long now, kept; /* the time, and up to when the timekeeper has ended the holds */
	bool closing;
	struct seat {
		enum { FREE, HELD, SOLD } state;
		int customer;
		long until;
	} seats[HOUSE_ROOM];
};

static void *keep_time(void *arg)
{
	struct house *house = arg;

	CHECK(pthread_mutex_lock(&house->lock));
	while (!house->closing) {
		for (int i = 0; i < HOUSE_ROOM; i++)
			if (house->seats[i].state == HELD && house->seats[i].until <= house->now)
				house->seats[i].state = FREE;
		house->kept = house->now;
		CHECK(pthread_cond_broadcast(&house->changed));
		while (!house->closing && house->kept == house->now)
			CHECK(pthread_cond_wait(&house->changed, &house->lock));
	}
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
	NEED(pthread_create(&house->timekeeper, NULL, keep_time, house));
	return house;
}

bool seat_hold(struct house *house, int seat, int customer, long until)
{
	struct seat *at = &house->seats[seat];

	CHECK(pthread_mutex_lock(&house->lock));
	bool is_free = at->state == FREE;
	if (is_free && house->now < until)
		*at = (struct seat){.state = HELD, .customer = customer, .until = until};
	CHECK(pthread_mutex_unlock(&house->lock));
	return is_free;
}

static bool end_hold(struct house *house, int seat, int customer, bool sold)
{
	struct seat *at = &house->seats[seat];

	CHECK(pthread_mutex_lock(&house->lock));
	bool held = at->state == HELD && at->customer == customer;
	if (held)
		at->state = sold ? SOLD : FREE;
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

void house_clock(struct house *house, long now)
{
	CHECK(pthread_mutex_lock(&house->lock));
	house->now = now;
	CHECK(pthread_cond_broadcast(&house->changed));
	while (house->kept != house->now)
		CHECK(pthread_cond_wait(&house->changed, &house->lock));
	CHECK(pthread_mutex_unlock(&house->lock));
}

void house_close(struct house *house)
{
	CHECK(pthread_mutex_lock(&house->lock));
	house->closing = true;
	CHECK(pthread_cond_broadcast(&house->changed));
	CHECK(pthread_mutex_unlock(&house->lock));
	CHECK(pthread_join(house->timekeeper, NULL));
	CHECK(pthread_cond_destroy(&house->changed));
	CHECK(pthread_mutex_destroy(&house->lock));
	free(house);
}

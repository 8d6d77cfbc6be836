/*
 * Each hold has a thread and a semaphore at which it waits for the word to end. All
 * else is decided by the box office, which is one thread and needs no lock.
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

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#include "kit/check.h"

struct hold {
	long until;
	sem_t end;
	pthread_t thread;
};

struct house {
	enum state { FREE, HELD, SOLD } states[HOUSE_ROOM];
	int customers[HOUSE_ROOM];
	struct hold *holds[HOUSE_ROOM];
};

static void *wait_for_end(void *arg)
{
	struct hold *hold = arg;

	while (sem_wait(&hold->end) != 0)
		REQUIRE(errno == EINTR);
	return NULL;
}

struct house *house_open(int seats)
{
	struct house *house = calloc(1, sizeof *house);

	HAVE(house);
	REQUIRE(seats <= HOUSE_ROOM);
	return house;
}

bool seat_hold(struct house *house, int seat, int customer, long until)
{
	if (house->states[seat] != FREE)
		return false;
	struct hold *hold = malloc(sizeof *hold);
	HAVE(hold);
	*hold = (struct hold){.until = until};
	REQUIRE(sem_init(&hold->end, 0, 0) == 0);
	NEED(pthread_create(&hold->thread, NULL, wait_for_end, hold));
	house->states[seat] = HELD;
	house->customers[seat] = customer;
	house->holds[seat] = hold;
	return true;
}

static void end(struct house *house, int seat, enum state state)
{
	struct hold *hold = house->holds[seat];

	REQUIRE(sem_post(&hold->end) == 0);
	CHECK(pthread_join(hold->thread, NULL));
	REQUIRE(sem_destroy(&hold->end) == 0);
	free(hold);
	house->holds[seat] = NULL;
	house->states[seat] = state;
}

static bool end_of(struct house *house, int seat, int customer, enum state state)
{
	if (house->states[seat] != HELD || house->customers[seat] != customer)
		return false;
	end(house, seat, state);
	return true;
}

bool seat_buy(struct house *house, int seat, int customer)
{
	return end_of(house, seat, customer, SOLD);
}

bool seat_give_back(struct house *house, int seat, int customer)
{
	return end_of(house, seat, customer, FREE);
}

void house_clock(struct house *house, long now)
{
	for (int i = 0; i < HOUSE_ROOM; i++)
		if (house->holds[i] && house->holds[i]->until <= now)
			end(house, i, FREE);
}

void house_close(struct house *house)
{
	for (int i = 0; i < HOUSE_ROOM; i++)
		if (house->holds[i])
			end(house, i, FREE);
	free(house);
}

/*
 * One function waits for room, under the lock, and another step takes it, under the lock.
 *
 * Tempting  each does one thing, the wait can be tested by itself, and no detector reports anything.
 * Refused   the test: between the two the lock is free. Two cars see the same last place and both take it, and the second
 *           overwrites a plate that was to be billed. A thread that has waited for something keeps the lock until
 *           it has taken it.
 * test      fails gives_each_place_once
 */
#include "toll.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* all below guarded by lock */
	int plates[TOLL_ROOM], first, count; /* taken and not yet billed */
	struct toll_counts counts;
	bool closed;
	/* of the thread that opens and closes */
	toll_bill *bill;
	pthread_t biller;
} toll = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *bill_all(void *arg)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	while (!toll.closed || toll.count > 0) {
		if (toll.count == 0) {
			CHECK(pthread_cond_wait(&toll.changed, &toll.lock));
			continue;
		}
		int plate = toll.plates[toll.first];
		CHECK(pthread_mutex_unlock(&toll.lock));
		toll.bill(plate);
		CHECK(pthread_mutex_lock(&toll.lock));
		toll.first = (toll.first + 1) % TOLL_ROOM;
		toll.count--;
		toll.counts.billed++;
		CHECK(pthread_cond_broadcast(&toll.changed));
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
	return arg;
}

void toll_open(toll_bill *bill)
{
	toll.bill = bill;
	deadline_cond_init(&toll.changed);
	NEED(pthread_create(&toll.biller, NULL, bill_all, NULL));
}

/* Waits for room, and says whether there is some. */
static bool wait_for_room(long patience)
{
	struct timespec end = deadline_in(patience);

	CHECK(pthread_mutex_lock(&toll.lock));
	while (toll.count == TOLL_ROOM && deadline_cond_wait(&toll.changed, &toll.lock, &end))
		;
	bool room = toll.count < TOLL_ROOM;
	CHECK(pthread_mutex_unlock(&toll.lock));
	return room;
}

enum toll_result toll_pass(int plate, long patience)
{
	bool room = wait_for_room(patience);

	CHECK(pthread_mutex_lock(&toll.lock));
	toll.counts.passed++;
	if (room) {
		toll.plates[(toll.first + toll.count++) % TOLL_ROOM] = plate;
		CHECK(pthread_cond_broadcast(&toll.changed));
	} else {
		toll.counts.dropped++;
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
	return room ? TOLL_TAKEN : TOLL_DROPPED;
}

struct toll_counts toll_counts(void)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	struct toll_counts counts = toll.counts;
	CHECK(pthread_mutex_unlock(&toll.lock));
	return counts;
}

void toll_close(void)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	toll.closed = true;
	CHECK(pthread_cond_broadcast(&toll.changed));
	CHECK(pthread_mutex_unlock(&toll.lock));
	CHECK(pthread_join(toll.biller, NULL));
	CHECK(pthread_cond_destroy(&toll.changed));
}

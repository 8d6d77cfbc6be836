/*
 * A lock of its own keeps the cameras apart: one is in toll_pass(), the others wait for their turn.
 *
 * Tempting  the cameras cannot get into each other's way, and the one that came first gets the first place.
 * Refused   the test: a camera's patience bounds its wait for room, not its wait for the camera before it. With
 *           patience 0 it stands behind one that can wait all day.
 * test      fails loses_its_patience, waits_for_room
 */
#include "toll.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_mutex_t entry; /* of toll_pass() */
	/* all below guarded by lock */
	int plates[TOLL_ROOM], first, count; /* taken and not yet billed */
	struct toll_counts counts;
	bool closed;
	/* of the thread that opens and closes */
	toll_bill *bill;
	pthread_t biller;
} toll = {.lock = PTHREAD_MUTEX_INITIALIZER, .entry = PTHREAD_MUTEX_INITIALIZER};

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

enum toll_result toll_pass(int plate, long patience)
{
	struct timespec end = deadline_in(patience);
	enum toll_result result = TOLL_TAKEN;

	CHECK(pthread_mutex_lock(&toll.entry));
	CHECK(pthread_mutex_lock(&toll.lock));
	while (toll.count == TOLL_ROOM && deadline_cond_wait(&toll.changed, &toll.lock, &end))
		;
	toll.counts.passed++;
	if (toll.count < TOLL_ROOM) {
		toll.plates[(toll.first + toll.count++) % TOLL_ROOM] = plate;
		CHECK(pthread_cond_broadcast(&toll.changed));
	} else {
		toll.counts.dropped++;
		result = TOLL_DROPPED;
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
	CHECK(pthread_mutex_unlock(&toll.entry));
	return result;
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

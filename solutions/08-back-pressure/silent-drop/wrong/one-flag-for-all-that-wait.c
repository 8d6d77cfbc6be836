/*
 * As the solution, and the biller signals only if a camera waits. A flag says so:
 * it is set before the wait, and cleared after it.
 *
 * Tempting  a signal that reaches nobody is work for nothing, and all is under the lock.
 * Refused   the test: two cameras wait, and one of them loses its patience. It clears the flag that is the other's too,
 *           and that one waits for ever beside free places. How many wait is a number.
 * test      fails loses_its_patience
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
	bool closed, waits;
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
		if (toll.waits)
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

	CHECK(pthread_mutex_lock(&toll.lock));
	/* The deadline is a point in time: a wake-up for a place that another camera gets does not start it anew. */
	while (toll.count == TOLL_ROOM) {
		toll.waits = true;
		bool in_time = deadline_cond_wait(&toll.changed, &toll.lock, &end);
		toll.waits = false;
		if (!in_time)
			break;
	}
	/* Whatever ended the wait: what counts is whether there is room now. */
	toll.counts.passed++;
	if (toll.count < TOLL_ROOM) {
		toll.plates[(toll.first + toll.count++) % TOLL_ROOM] = plate;
		CHECK(pthread_cond_broadcast(&toll.changed));
	} else {
		toll.counts.dropped++;
		result = TOLL_DROPPED;
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
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

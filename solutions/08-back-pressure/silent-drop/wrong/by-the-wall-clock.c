/*
 * As the solution; the condition and the deadline go by the wall clock, as
 * pthread_cond_timedwait() does when nobody has told it otherwise.
 *
 * Tempting  both use the same clock, so they agree, and the condition needs no attributes.
 * Refused   the test: the wall clock is set, by an operator or by the network, and a moment on it may come days too soon, or
 *           too late. For how long a camera waits is told by a clock that only goes on.
 * test      fails loses_its_patience
 */
#include "toll.h"

#include <pthread.h>
#include <stdbool.h>
#include <time.h>

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
	CHECK(pthread_cond_init(&toll.changed, NULL));
	NEED(pthread_create(&toll.biller, NULL, bill_all, NULL));
}

enum toll_result toll_pass(int plate, long patience)
{
	struct timespec end;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += patience / 1000;
	end.tv_nsec += patience % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	enum toll_result result = TOLL_TAKEN;

	CHECK(pthread_mutex_lock(&toll.lock));
	/* The deadline is a point in time: a wake-up for a place that another camera gets does not start it anew. */
	while (toll.count == TOLL_ROOM && pthread_cond_timedwait(&toll.changed, &toll.lock, &end) == 0)
		;
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

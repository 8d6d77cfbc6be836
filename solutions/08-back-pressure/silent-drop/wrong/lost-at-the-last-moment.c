/*
 * The cameras stand in line, and the biller hands its place to the first. A camera whose wait ends by the clock drops
 * its plate.
 *
 * Tempting  the wait says whether the time has come, and for that there is an answer.
 * Refused   the test: the biller may hand over a place while the camera is on its way out. Nobody has it then, and nobody
 *           gives it back; the bridge is smaller by one each time. What counts is what was handed over, whatever has
 *           ended the wait.
 * test      fails loses_no_place
 */
#include "toll.h"

#include <pthread.h>
#include <stdbool.h>

#include "kit/check.h"
#include "kit/deadline.h"

struct waiting {
	pthread_cond_t called;
	bool has_place;
	struct waiting *next;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t some;
	/* all below guarded by lock */
	int plates[TOLL_ROOM], first, count; /* taken and not yet billed */
	int places;			     /* taken by a plate, or handed to a camera that waited */
	struct waiting *line;		     /* of cameras, the first one first */
	struct toll_counts counts;
	bool closed;
	/* of the thread that opens and closes */
	toll_bill *bill;
	pthread_t biller;
} toll = {.lock = PTHREAD_MUTEX_INITIALIZER, .some = PTHREAD_COND_INITIALIZER};

/* Needs the lock held. A place has become free. */
static void hand_place_on(void)
{
	struct waiting *first = toll.line;

	if (!first) {
		toll.places--;
		return;
	}
	toll.line = first->next;
	first->has_place = true;
	CHECK(pthread_cond_signal(&first->called));
}

/* Needs the lock held. Waits in line for a place, and tells whether it got one. */
static bool wait_for_place(const struct timespec *end)
{
	struct waiting self = {0}, **at = &toll.line;

	deadline_cond_init(&self.called);
	while (*at)
		at = &(*at)->next;
	*at = &self;
	bool in_time = true;
	while (!self.has_place && in_time)
		in_time = deadline_cond_wait(&self.called, &toll.lock, end);
	if (!self.has_place) {
		for (at = &toll.line; *at != &self;)
			at = &(*at)->next;
		*at = self.next;
	}
	CHECK(pthread_cond_destroy(&self.called));
	return in_time && self.has_place;
}

static void *bill_all(void *arg)
{
	CHECK(pthread_mutex_lock(&toll.lock));
	while (!toll.closed || toll.count > 0) {
		if (toll.count == 0) {
			CHECK(pthread_cond_wait(&toll.some, &toll.lock));
			continue;
		}
		int plate = toll.plates[toll.first];
		CHECK(pthread_mutex_unlock(&toll.lock));
		toll.bill(plate);
		CHECK(pthread_mutex_lock(&toll.lock));
		toll.first = (toll.first + 1) % TOLL_ROOM;
		toll.count--;
		toll.counts.billed++;
		hand_place_on();
	}
	CHECK(pthread_mutex_unlock(&toll.lock));
	return arg;
}

void toll_open(toll_bill *bill)
{
	toll.bill = bill;
	NEED(pthread_create(&toll.biller, NULL, bill_all, NULL));
}

enum toll_result toll_pass(int plate, long patience)
{
	struct timespec end = deadline_in(patience);
	enum toll_result result = TOLL_TAKEN;

	CHECK(pthread_mutex_lock(&toll.lock));
	bool has_place = toll.places < TOLL_ROOM;
	if (has_place)
		toll.places++;
	else
		has_place = wait_for_place(&end);
	toll.counts.passed++;
	if (has_place) {
		toll.plates[(toll.first + toll.count++) % TOLL_ROOM] = plate;
		CHECK(pthread_cond_signal(&toll.some));
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
	CHECK(pthread_cond_signal(&toll.some));
	CHECK(pthread_mutex_unlock(&toll.lock));
	CHECK(pthread_join(toll.biller, NULL));
}
